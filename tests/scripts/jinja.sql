{{ config(materialized='table') }}
{% set cols = ["a", "b;c"] %}
WITH src AS (SELECT * FROM {{ ref('orders') }} {# a comment; with ' quote #})
SELECT
{% for c in cols %}
  sum({{ c }}) AS {{ c }}_total{% if not loop.last %},{% endif %}
{% endfor %}
FROM src
{% if is_incremental() %}
WHERE updated_at > (SELECT max(updated_at) FROM {{ this }})
{% endif %}
