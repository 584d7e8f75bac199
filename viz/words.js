"use strict";
// What the page itself says, in Chinese and English. Names of classes and relations come with the data.

const WORDS = {
  zh: {
    graph: "关系图",
    table: "表格",
    whole: "全图",
    around: "{0} · {1} 步之内",
    search: "搜索名称、别名、拼音、指标、引文",
    classes: "类别",
    relations: "关系",
    all: "全选",
    none: "全不选",
    divisions: "行政隶属（底册）",
    things: "事物",
    facts: "事实",
    figures: "数据",
    sources: "来源",
    most: "关联最多",
    shown: "显示 {0} 个事物、{1} 条事实、{2} 项数据",
    left: "共 {0} 个事物，按关联多少显示前 {1} 个；未显示 {2} 个事物、{3} 条事实",
    aliases: "又称",
    actual: "实际",
    target: "目标",
    forecast: "预测",
    nothing: "没有找到",
    quote: "引文",
    subject: "主语",
    relation: "关系",
    object: "宾语",
    value: "数值",
    period: "时期",
    kind: "性质",
    change: "变化",
    metric: "指标",
    page: "页面",
    article: "文章",
    name: "名称",
    class: "类别",
    rank: "第 {0} 位",
    ranked: "{1} 个中第 {0} 位",
    copy: "复制引文",
    copied: "已复制",
    close: "关闭",
    fit: "全览",
    in: "放大",
    out: "缩小",
    theme: "明暗",
    characters: "第 {0}–{1} 字",
    rule: "规则",
    confidence: "可信度",
    incoming: "被指向",
    outgoing: "指向",
    untitled: "（无标题）",
    alone: "图中没有关于它的事实。",
    language: "English",
    other: "Switch to English",
    canvas: "关系图。方向键移动，加减号缩放，数字 0 全览，斜线搜索。表格按钮给出同样的内容。",
    hint: "点选一个事物或一条连线，查看它的出处。",
    sortable: "点击表头排序",
    filter: "筛选",
    legend: "图例",
    only: "只看",
    isolate: "点击隐藏，双击只看此类",
    show: "显示全部来源",
  },
  en: {
    graph: "Graph",
    table: "Table",
    whole: "Whole graph",
    around: "{0} · within {1} steps",
    search: "Search names, aliases, pinyin, metrics, quotations",
    classes: "Classes",
    relations: "Relations",
    all: "All",
    none: "None",
    divisions: "Divisions (register)",
    things: "Things",
    facts: "Facts",
    figures: "Figures",
    sources: "Sources",
    most: "Most connected",
    shown: "{0} things, {1} facts, {2} figures",
    left: "The {1} most connected of {0} things; left out: {2} things, {3} facts",
    aliases: "Also",
    actual: "actual",
    target: "target",
    forecast: "forecast",
    nothing: "Nothing found",
    quote: "Quotation",
    subject: "Subject",
    relation: "Relation",
    object: "Object",
    value: "Value",
    period: "Period",
    kind: "Kind",
    change: "Change",
    metric: "Metric",
    page: "Page",
    article: "Article",
    name: "Name",
    class: "Class",
    rank: "No. {0}",
    ranked: "No. {0} of {1}",
    copy: "Copy quotation",
    copied: "Copied",
    close: "Close",
    fit: "Fit",
    in: "Zoom in",
    out: "Zoom out",
    theme: "Light or dark",
    characters: "characters {0}–{1}",
    rule: "rule",
    confidence: "confidence",
    incoming: "incoming",
    outgoing: "outgoing",
    untitled: "(untitled)",
    alone: "The graph holds no fact about it.",
    language: "中文",
    other: "切换到中文",
    canvas:
      "Graph. Arrow keys move, plus and minus zoom, 0 fits, slash searches. The table button gives the same content.",
    hint: "Choose a thing or a line to see where it is said.",
    sortable: "Click a heading to sort",
    filter: "Filter",
    legend: "Legend",
    only: "Only",
    isolate: "Click to hide, double-click for this alone",
    show: "Show all sources",
  },
};

let language = "zh";

function say(word, ...values) {
  return WORDS[language][word].replace(/\{(\d)\}/g, (_, i) => values[i]);
}

/** The name of a class, a relation or a thing in the language chosen. Places, people and organisations without
 * an English name are told in Latin letters; what is described rather than named would be unreadable so. */
function nameOf(thing) {
  if ("zh" in thing) return thing[language] || thing.zh;
  if (language === "zh") return thing.name;
  return thing.english || (DATA.classes[thing.type]?.latin && thing.latin) || thing.name;
}

/** 2025-01-01, 2025-06-30 → 2025年1—6月: whole years, months and days are told by their ends. */
function period(first, last) {
  if (!first) return "";
  const [y, m, d] = first.split("-").map(Number),
    [v, n, e] = last.split("-").map(Number);
  const wholeMonths = d === 1 && e === new Date(v, n, 0).getDate();
  if (wholeMonths && m === 1 && n === 12)
    return language === "zh" ? (y === v ? `${y}年` : `${y}—${v}年`) : y === v ? `${y}` : `${y}–${v}`;
  if (first === last) return language === "zh" ? `${y}年${m}月${d}日` : first;
  if (!wholeMonths) return `${first} – ${last}`;
  if (language === "en")
    return m === n && y === v
      ? `${MONTHS[m - 1]} ${y}`
      : `${MONTHS[m - 1]}${y === v ? "" : ` ${y}`}–${MONTHS[n - 1]} ${v}`;
  return y !== v ? `${y}年${m}月—${v}年${n}月` : m === n ? `${y}年${m}月` : `${y}年${m}—${n}月`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function changeOf(figure) {
  if (!figure.change) return "";
  const sign = figure.change.startsWith("-") || figure.change === "0" ? "" : "+";
  return `${figure.basis ? figure.basis + " " : ""}${sign}${figure.change.replace("-", "−")}${figure.change_unit}`;
}

/** How a figure reads: as the page puts it, else from its parts. */
function valueOf(figure) {
  const value = figure.text || (figure.value ? figure.value + figure.unit : "");
  const rank = figure.rank
    ? figure.out_of
      ? say("ranked", figure.rank, figure.out_of)
      : say("rank", figure.rank)
    : "";
  return [value, rank].filter(Boolean).join(" · ");
}
