-- Each customer, also one without a loan; a facility that is not active is no loan yet.
select
    customers.id as customer_id,
    count(facilities.id) as loans,
    coalesce(sum(facilities.amount), 0) as amount
from {{ source('lana', 'core_customer_events_rollup') }} as customers
left join {{ source('lana', 'core_credit_facility_events_rollup') }} as facilities
    on facilities.customer_id = customers.id and facilities.is_activated
group by customers.id
