WITH RECURSIVE records AS MATERIALIZED (SELECT *, min(place) OVER (PARTITION BY cells) AS same FROM (SELECT row_number() OVER () AS place, [nullif(trim(regexp_replace(lower(strip_accents(CAST("last_name" AS VARCHAR))), '[^\p{L}\p{N}]+', ' ', 'g')), ''), nullif(trim(regexp_replace(lower(strip_accents(CAST("city" AS VARCHAR))), '[^\p{L}\p{N}]+', ' ', 'g')), '')] AS cells FROM "people@1")),
keys AS MATERIALIZED (SELECT DISTINCT place, unnest(list_concat([w FOR w IN words IF length(w) > 1],
  [words[i] || words[i + 1] FOR i IN range(1, len(words))],
  [replace(cell, ' ', '') FOR cell IN cells IF cell IS NOT NULL],
  flatten([[w[:i - 1] || w[i + 1:] FOR i IN range(1, length(w) + 1)] FOR w IN words IF length(w) > 2]))) AS key FROM (SELECT *, string_split(array_to_string(cells, ' '), ' ') AS words FROM records WHERE place = same)),
shared AS (SELECT key, log2((SELECT count(*) FROM records) / n) AS bits FROM (SELECT key, count(*) AS n, n * (n - 1) / 2 AS work FROM keys GROUP BY key HAVING n > 1)
  QUALIFY sum(work) OVER (ORDER BY n, key) <= 50 * greatest((SELECT count(*) FROM records), 1000)),
pairs AS (SELECT x.place AS one, y.place AS two FROM keys x JOIN shared USING (key) JOIN keys y USING (key) WHERE x.place < y.place
  GROUP BY ALL HAVING sum(bits) >= log2((SELECT count(*) FROM records)) - 1),
close AS MATERIALIZED (SELECT * FROM (SELECT one, two, list_sum([weights[i] * CASE WHEN x[i] = y[i] THEN 1 WHEN x[i] IS NULL OR y[i] IS NULL THEN 0 WHEN list_contains(y, x[i]) THEN 0.9 ELSE greatest(0, (greatest(CASE WHEN greatest(length(x[i]), length(y[i])) <= 32 THEN jaro_similarity(x[i], y[i]) WHEN greatest(length(x[i]), length(y[i])) <= 128 THEN 1 - levenshtein(x[i], y[i]) / greatest(length(x[i]), length(y[i])) ELSE 0 END, CASE WHEN contains(x[i], ' ') OR contains(y[i], ' ') THEN len(list_intersect(string_split(x[i], ' '), string_split(y[i], ' '))) / greatest(len(string_split(x[i], ' ')), len(string_split(y[i], ' '))) ELSE 0 END) - chance[i]) / (1 - chance[i])) END FOR i IN range(1, 3)])
  / list_sum([weights[i] * CASE WHEN x[i] IS NULL OR y[i] IS NULL THEN 0.3 ELSE 1 END FOR i IN range(1, 3)]) AS score
  FROM (SELECT one, two, a.cells AS x, b.cells AS y, [2.75, 2.156]::DOUBLE[] AS weights, [0.835, 0.641]::DOUBLE[] AS chance
  FROM pairs JOIN records a ON a.place = one JOIN records b ON b.place = two)) WHERE score >= 0.85),
linked AS MATERIALIZED (SELECT one AS x, two AS y FROM close UNION ALL SELECT two, one FROM close),
member(place, root) USING KEY (place) AS (
  SELECT DISTINCT x, x FROM linked
  UNION
  (SELECT DISTINCT ON (m.place) m.place, n.root FROM recurring.member m JOIN linked ON x = m.place JOIN member n ON n.place = y
   WHERE n.root < m.root ORDER BY m.place, n.root)
),
grouped AS (SELECT t.*, coalesce(root, same) AS __group FROM (SELECT *, row_number() OVER () AS __place FROM "people@1") t JOIN records r ON r.place = t.__place LEFT JOIN member m ON m.place = r.same)
SELECT * EXCLUDE (__place, __group) FROM grouped
QUALIFY row_number() OVER (PARTITION BY __group ORDER BY ("id" IS NOT NULL)::INTEGER + ("first_name" IS NOT NULL)::INTEGER + ("last_name" IS NOT NULL)::INTEGER + ("address" IS NOT NULL)::INTEGER + ("city" IS NOT NULL)::INTEGER + ("phone" IS NOT NULL)::INTEGER DESC, __place) = 1 ORDER BY __place
