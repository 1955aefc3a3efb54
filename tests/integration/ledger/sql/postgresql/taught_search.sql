SELECT c.id
FROM course c
WHERE c.id IN (
  SELECT course_id AS id
  FROM course_teacher
  WHERE account_id = %(account)s
)
  AND strpos(c.search, %(term0)s) > 0;

SELECT set_config('plan_cache_mode', 'force_custom_plan', true);

SELECT sum(n) FILTER (WHERE status = 0) AS n0, sum(n) FILTER (WHERE status = 1) AS n1, sum(n)
    FILTER (WHERE status = 2) AS n2
FROM tally_course
WHERE course_id IN (
  SELECT course_id AS id
  FROM course_teacher
  WHERE account_id = %(account)s
);

SELECT count(*) FILTER (WHERE e.status = 0), count(*) FILTER (WHERE e.status = 1), count(*)
    FILTER (WHERE e.status = 2)
FROM (
  SELECT course_id AS id
  FROM course_teacher
  WHERE account_id = %(account)s
) d
  CROSS JOIN LATERAL (
    SELECT e.*
    FROM enrollment e
    WHERE e.course_id = d.id
      AND e.status IN (0, 1, 2)
    OFFSET 0
  ) e
WHERE true
  AND (
    SELECT strpos(x.search, %(term0)s) > 0
    FROM learner x
    WHERE x.id = e.learner_id
  );

SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,
    e.enrolled_at, e.deadline_day, e.version, (
  SELECT x.wanted_day
  FROM extension_request x
  WHERE x.enrollment_id = e.id
    AND x.state = 'open'
), e.override_seq, l.sort_name
FROM (
  SELECT *
  FROM (
    SELECT e.enrolled_at AS k0, e.id AS k1
    FROM (
      SELECT course_id AS id
      FROM course_teacher
      WHERE account_id = %(account)s
    ) d
      CROSS JOIN LATERAL (
        SELECT e.*
        FROM enrollment e
        WHERE e.course_id = d.id
          AND e.status IN (0, 1, 2)
        OFFSET 0
      ) e
    WHERE true
      AND (
        SELECT strpos(x.search, %(term0)s) > 0
        FROM learner x
        WHERE x.id = e.learner_id
      )
    OFFSET 0
  ) g
  ORDER BY k0 DESC, k1 DESC
  LIMIT 51
) k
  CROSS JOIN enrollment e
  CROSS JOIN learner l
  CROSS JOIN course c
WHERE e.id = k.k1
  AND l.id = e.learner_id
  AND c.id = e.course_id
ORDER BY k.k0 DESC, k.k1 DESC;
