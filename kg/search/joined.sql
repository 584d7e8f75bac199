-- Fills the tables of tables.sql from what the graph answered, which stands in temporary tables asked_….
-- Rows stand in the order in which they matter: articles from the newest on, facts from those that most
-- articles say, figures from the latest period.

CREATE INDEX temp.name_of ON asked_names (x);
CREATE INDEX temp.code_of ON asked_codes (x);
INSERT INTO thing (iri, type, name, english, latin, code, lat, long)
  SELECT x, local(type),
    coalesce((SELECT min(label) FROM asked_names n WHERE n.x = t.x AND p LIKE '%#label'), local(x)),
    coalesce((SELECT min(label) FROM asked_names n WHERE n.x = t.x AND p LIKE '%#prefLabel' AND l = 'en'), ''),
    coalesce((SELECT min(label) FROM asked_names n WHERE n.x = t.x AND p LIKE '%#prefLabel' AND l = 'zh-latn'), ''),
    coalesce((SELECT min(code) FROM asked_codes c WHERE c.x = t.x), ''),
    (SELECT lat FROM asked_codes c WHERE c.x = t.x), (SELECT long FROM asked_codes c WHERE c.x = t.x)
  FROM asked_things t ORDER BY x;
INSERT INTO article (iri, page, file, number, title, published, place, paper)
  SELECT a, page, file, number, title, coalesce(day, ''), coalesce(local(home), ''), coalesce(paper, '')
  FROM asked_articles ORDER BY coalesce(day, '') DESC, title, a;
INSERT INTO proof SELECT x, e, a.id, rule, start, "end", quote FROM asked_proofs p JOIN article a ON a.iri = p.a
  ORDER BY a.id, CAST(start AS INTEGER), CAST("end" AS INTEGER), x, e;
CREATE INDEX proof_statement ON proof (statement);
CREATE INDEX proof_article ON proof (article);
INSERT INTO mention SELECT DISTINCT t.id, a.id FROM asked_mentions m JOIN thing t ON t.iri = m.x
  JOIN article a ON a.iri = m.a;
INSERT INTO within SELECT DISTINCT p.id, w.id FROM asked_within r JOIN thing p ON p.iri = r.x
  JOIN thing w ON w.iri = r.y WHERE p.id <> w.id;
INSERT INTO fact (iri, subject, relation, object, role, confidence, first, last)
  SELECT f.f, s.id, local(f.p), o.id, coalesce(max(f.role), ''), coalesce(max(CAST(f.c AS REAL)), 0),
    coalesce(min(a.published), ''), coalesce(max(a.published), '')
  FROM asked_facts f JOIN thing s ON s.iri = f.s JOIN thing o ON o.iri = f.o
  LEFT JOIN proof ON proof.statement = f.f LEFT JOIN article a ON a.id = proof.article
  GROUP BY f.f ORDER BY count(DISTINCT a.id) DESC, max(CAST(f.c AS REAL)) DESC, f.f;
INSERT INTO figure (iri, about, metric, value, unit, text, qualifier, first, last, kind, change, change_unit, basis,
    rank, out_of, confidence)
  SELECT f, t.id, m.id, coalesce(max(v), ''), coalesce(max(u), ''), coalesce(max(t0), ''), coalesce(max(q), ''),
    coalesce(max(a), ''), coalesce(max(z), ''), coalesce(local(max(k)), ''), coalesce(max(d), ''),
    coalesce(max(du), ''), coalesce(max(b), ''), coalesce(max(r), ''), coalesce(max(ro), ''), coalesce(max(c), '')
  FROM asked_figures f JOIN thing t ON t.iri = f.x JOIN thing m ON m.iri = f.m
  GROUP BY f ORDER BY max(z) DESC, max(a) DESC, m.name, f;
UPDATE article SET said = n FROM (SELECT article, count(*) AS n FROM proof GROUP BY article) AS told
  WHERE told.article = article.id;
UPDATE thing SET facts = n FROM (SELECT x, count(*) AS n FROM
  (SELECT subject AS x FROM fact UNION ALL SELECT object FROM fact) GROUP BY x) AS told
  WHERE told.x = thing.id;
UPDATE thing SET figures = n FROM (SELECT x, count(*) AS n FROM
  (SELECT about AS x FROM figure UNION ALL SELECT metric FROM figure) GROUP BY x) AS told
  WHERE told.x = thing.id;
UPDATE thing SET articles = n FROM (SELECT thing AS x, count(*) AS n FROM mention GROUP BY thing) AS told
  WHERE told.x = thing.id;
CREATE INDEX fact_subject ON fact (subject, relation);
CREATE INDEX fact_object ON fact (object, relation);
CREATE INDEX figure_about ON figure (about);
CREATE INDEX figure_about_metric ON figure (about, metric);
CREATE INDEX figure_metric ON figure (metric);
CREATE INDEX within_whole ON within (whole);
CREATE INDEX article_page ON article (page, number);
CREATE INDEX mention_article ON mention (article);
CREATE INDEX thing_type ON thing (type);
CREATE INDEX thing_facts ON thing (facts DESC);
