SELECT c.id
FROM course c
WHERE c.kind <> 'path'
  AND strpos(c.search, %(term0)s) > 0;

SELECT set_config('plan_cache_mode', 'force_custom_plan', true);

SELECT sum(l.n_active), sum(l.n_completed), sum(l.n_cancelled)
FROM (
  SELECT r.id
  FROM account a
    CROSS JOIN learner r
  WHERE a.id = %(account)s
    AND r.manager_id = a.learner_id
  UNION
  SELECT m.learner_id
  FROM group_lead g
    CROSS JOIN group_member m
  WHERE g.account_id = %(account)s
    AND m.group_id = g.group_id
) d
  CROSS JOIN LATERAL (
    SELECT r.*
    FROM learner r
    WHERE r.id = d.id
    OFFSET 0
  ) l
WHERE true
  AND strpos(l.search, %(term0)s) > 0;

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
      SELECT r.id
      FROM account a
        CROSS JOIN learner r
      WHERE a.id = %(account)s
        AND r.manager_id = a.learner_id
      UNION
      SELECT m.learner_id
      FROM group_lead g
        CROSS JOIN group_member m
      WHERE g.account_id = %(account)s
        AND m.group_id = g.group_id
    ) d
      CROSS JOIN LATERAL (
        SELECT e.*
        FROM enrollment e
        WHERE e.learner_id = d.id
          AND e.status IN (0, 1, 2)
        OFFSET 0
      ) e
    WHERE true
      AND (e.course_id IN (SELECT id FROM course WHERE kind = 'path')) IS NOT TRUE
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
