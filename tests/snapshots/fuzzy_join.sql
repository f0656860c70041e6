WITH records AS MATERIALIZED (SELECT *, min(place) OVER (PARTITION BY cells) AS same FROM (SELECT row_number() OVER () AS place, [nullif(trim(regexp_replace(lower(strip_accents(CAST("client" AS VARCHAR))), '[^\p{L}\p{N}]+', ' ', 'g')), '')] AS cells FROM "orders@1")),
others AS MATERIALIZED (SELECT *, min(place) OVER (PARTITION BY cells) AS same FROM (SELECT row_number() OVER () AS place, [nullif(trim(regexp_replace(lower(strip_accents(CAST("name" AS VARCHAR))), '[^\p{L}\p{N}]+', ' ', 'g')), '')] AS cells FROM "clients@1")),
keys AS MATERIALIZED (SELECT DISTINCT place, unnest(list_concat([w FOR w IN words IF length(w) > 1],
  [words[i] || words[i + 1] FOR i IN range(1, len(words))],
  [replace(cell, ' ', '') FOR cell IN cells IF cell IS NOT NULL],
  flatten([[w[:i - 1] || w[i + 1:] FOR i IN range(1, length(w) + 1)] FOR w IN words IF length(w) > 2]))) AS key FROM (SELECT *, string_split(array_to_string(cells, ' '), ' ') AS words FROM records WHERE place = same)),
other_keys AS MATERIALIZED (SELECT DISTINCT place, unnest(list_concat([w FOR w IN words IF length(w) > 1],
  [words[i] || words[i + 1] FOR i IN range(1, len(words))],
  [replace(cell, ' ', '') FOR cell IN cells IF cell IS NOT NULL],
  flatten([[w[:i - 1] || w[i + 1:] FOR i IN range(1, length(w) + 1)] FOR w IN words IF length(w) > 2]))) AS key FROM (SELECT *, string_split(array_to_string(cells, ' '), ' ') AS words FROM others WHERE place = same)),
shared AS (SELECT key, log2((SELECT count(*) FROM others) / n) AS bits FROM (SELECT key, greatest(sum(ours), sum(1 - ours)) AS n, sum(ours) * sum(1 - ours) AS work FROM (SELECT key, 1 AS ours FROM keys UNION ALL SELECT key, 0 FROM other_keys) GROUP BY key HAVING work > 0)
  QUALIFY sum(work) OVER (ORDER BY n, key) <= 50 * greatest((SELECT count(*) FROM others), 1000)),
pairs AS (SELECT x.place AS one, y.place AS two FROM keys x JOIN shared USING (key) JOIN other_keys y USING (key)
  GROUP BY ALL HAVING sum(bits) >= log2((SELECT count(*) FROM others)) - 1),
best AS MATERIALIZED (SELECT * FROM (SELECT one, two, list_sum([weights[i] * CASE WHEN x[i] = y[i] THEN 1 WHEN x[i] IS NULL OR y[i] IS NULL THEN 0 WHEN list_contains(y, x[i]) THEN 0.9 ELSE greatest(0, (greatest(CASE WHEN greatest(length(x[i]), length(y[i])) <= 32 THEN jaro_similarity(x[i], y[i]) WHEN greatest(length(x[i]), length(y[i])) <= 128 THEN 1 - levenshtein(x[i], y[i]) / greatest(length(x[i]), length(y[i])) ELSE 0 END, CASE WHEN contains(x[i], ' ') OR contains(y[i], ' ') THEN len(list_intersect(string_split(x[i], ' '), string_split(y[i], ' '))) / greatest(len(string_split(x[i], ' ')), len(string_split(y[i], ' '))) ELSE 0 END) - chance[i]) / (1 - chance[i])) END FOR i IN range(1, 2)])
  / list_sum([weights[i] * CASE WHEN x[i] IS NULL OR y[i] IS NULL THEN 0.3 ELSE 1 END FOR i IN range(1, 2)]) AS score
  FROM (SELECT one, two, a.cells AS x, b.cells AS y, [2.0]::DOUBLE[] AS weights, [0.6]::DOUBLE[] AS chance
  FROM pairs JOIN records a ON a.place = one JOIN others b ON b.place = two)) WHERE score >= 0.6
  QUALIFY row_number() OVER (PARTITION BY one ORDER BY score DESC, two) = 1)
SELECT a."id", a."client", b."name" AS "name", b."country" AS "country", b."id" AS "id_clients", round(score, 3) AS "score"
  FROM (SELECT *, row_number() OVER () AS __place FROM "orders@1") a JOIN records r ON r.place = a.__place LEFT JOIN best ON one = r.same
  LEFT JOIN (SELECT *, row_number() OVER () AS __place FROM "clients@1") b ON b.__place = two ORDER BY a.__place
