/**
 * Every word a customer reads. A `{gap}` is filled in and stays in every language. Keys that start with `page_` or `calendar_` are not
 * shipped with the widget. Every other language has a file like this one: docs/tracking-page.md.
 */
export const en = {
  // The language itself, as dates and programs (BCP 47) and as its readers call it
  locale: 'en-GB',
  page_language_name: 'English',

  // Where the parcel is
  status_pending: 'Waiting for the courier',
  status_info_received: 'The courier has the details',
  status_collected: 'Collected by the courier',
  status_in_transit: 'On the way',
  status_out_for_delivery: 'Out for delivery',
  status_ready_for_pickup: 'Ready for you to collect',
  status_attempt_failed: 'The courier could not deliver',
  status_on_hold: 'On hold',
  status_exception: 'There is a problem',
  status_delivered: 'Delivered',
  status_returning: 'Going back to the shop',
  status_returned: 'Returned to the shop',
  status_cancelled: 'Shipment cancelled',
  status_lapsed: 'No news for a long time',
  status_unknown: 'An update we cannot read',

  // The same, more precisely
  substatus_booked: 'Pickup booked',
  substatus_awaiting_pickup: 'Waiting to be collected',
  substatus_awaiting_drop_off: 'Waiting for the shop to drop it off',
  substatus_pickup_failed: 'The courier could not collect it',
  substatus_picked_up: 'Collected by the courier',
  substatus_dropped_off: 'Handed to the courier',
  substatus_departed: 'Left a sorting centre',
  substatus_arrived: 'Arrived at a sorting centre',
  substatus_sorting: 'Being sorted',
  substatus_customs: 'Going through customs',
  substatus_handed_over: 'Handed over to another courier',
  substatus_at_counter: 'Ready to collect at the counter',
  substatus_in_locker: 'Ready in a parcel locker',
  substatus_recipient_absent: 'No one was there',
  substatus_refused: 'The parcel was refused',
  substatus_bad_address: 'The address is wrong or incomplete',
  substatus_unreachable: 'The courier could not reach you',
  substatus_customs_hold: 'Held by customs',
  substatus_payment_due: 'A payment is due',
  substatus_documents_missing: 'Documents are missing',
  substatus_rescheduled: 'Delivery moved to another day',
  substatus_intercepted: 'Stopped on its way',
  substatus_lost: 'The courier cannot find it',
  substatus_damaged: 'The parcel is damaged',
  substatus_misrouted: 'It went to the wrong place',
  substatus_delayed: 'Delayed',
  substatus_unclaimed: 'It was not collected',
  substatus_partly_delivered: 'Only a part was delivered',
  substatus_to_recipient: 'Delivered',
  substatus_to_someone_else: 'Received by someone else at the address',
  substatus_picked_up_by_recipient: 'Collected by you',

  // What the customer should do
  advice_heading: 'What you can do',
  advice_attempt_failed: 'Keep your phone near. The courier usually tries again on the next working day.',
  advice_bad_address: 'Send the shop your full address with unit number and postcode.',
  advice_refused: 'If you did not refuse it, tell the shop before it is sent back.',
  advice_ready_for_pickup: 'Collect it soon, before it is sent back. Bring this number and your IC or passport.',
  advice_in_locker: 'Collect it soon, before it is sent back. Use the code from the courier.',
  advice_on_hold: 'If nothing changes in two working days, ask the shop.',
  advice_customs_hold: 'Customs decides when to release it. Keep your order confirmation ready.',
  advice_payment_due: 'A duty or fee must be paid first. Ask the shop. Never pay through an unexpected link.',
  advice_documents_missing: 'Ask the shop which documents the courier needs.',
  advice_rescheduled: 'Nothing to do: the courier will come on another day.',
  advice_exception: 'Contact the shop. It can ask the courier to look into it.',
  advice_delayed: 'Nothing to do: it will come later than planned.',
  advice_returning: 'If you still want it, tell the shop.',
  advice_lapsed: 'If it has not arrived, contact the shop.',

  // The stepper: five to a line on the narrowest phone
  steps_label: 'Progress',
  step_ordered: 'Booked',
  step_collected: 'Collected',
  step_in_transit: 'On the way',
  step_out_for_delivery: 'Out for delivery',
  step_ready_for_pickup: 'To collect',
  step_delivered: 'Delivered',
  step_returning: 'Going back',
  step_returned: 'Returned',

  // How far it can be trusted
  fresh: 'Checked {ago}, next check about {next}.',
  ended: 'The journey has ended, so we no longer check.',
  ended_lapsed: 'No news for a long time, so we no longer check.',
  just_now: 'just now',
  never_checked: 'Not checked yet.',
  last_good_check: 'Last successful check {when} ({ago}).',
  next_about: 'Next check about {next}.',
  next_soon: 'Next check any moment.',
  late_upstream_down: 'The courier is not answering.',
  late_budget_spent: 'All of today’s checks are used up.',
  late_paced: 'Many parcels are waiting, so this check is late.',
  late_not_authorised: 'The shop must renew its access to the courier.',
  late_paused: 'Checks paused.',
  late_jobs_failing: 'The fault is ours, and we have been alerted.',
  late: 'The next check is late.',
  out_of_date: 'This may be out of date.',
  no_connection: 'No connection. This is as of {when}.',

  // The document
  tracking_number: 'Tracking number',
  order_number: 'Order number',
  history: 'Tracking history',
  zone_guessed: 'Times without a time zone are the courier’s local time.',
  earlier_events: 'Show all {count} entries',
  courier_text: 'In the courier’s words',
  expected: 'Expected {day}',
  expected_late: 'Was expected {day}',
  add_to_calendar: 'Add to calendar',
  link_refused: 'This link no longer works. Ask the shop for a new one.',
  demo: 'Demo: this parcel is not real.',

  // Help
  help_heading: 'Need help?',
  contact_phone: 'Call the shop',
  contact_email: 'E-mail the shop',
  contact_text: 'Hello, I have a question about my parcel {number}.',
  courier_page: 'Track with {place}',
  report_not_received: 'I did not receive this',
  report_something_wrong: 'Something is wrong',
  report_send: 'Tell the shop',
  report_cancel: 'Cancel',
  report_sent: 'Thank you. We have told the shop.',
  report_failed: 'We could not send this. Please contact the shop.',

  // Searching
  page_search_heading: 'Track your parcel',
  search_hint: 'The tracking number is in the shop’s message or on the courier label.',
  search_button: 'Track',
  search_again: 'Track another parcel',
  by_order: 'No tracking number? Use your order number',
  contact: 'E-mail or phone used for the order',
  find_order: 'Find my order',
  order_parcels: 'Parcels of order {order}',
  loading: 'Searching …',
  try_again: 'Try again',

  // When there is nothing to show
  not_known_yet: 'The courier does not know this number yet',
  not_known_yet_text: 'This is normal until the courier first scans the parcel. We keep checking.',
  not_checked_yet: 'We have just added this parcel',
  not_checked_yet_text: 'We have not asked the courier yet. This page updates by itself.',
  not_found_long: 'Still not found after 3 days',
  not_found_long_text: 'Please ask the shop to check the number. We keep checking.',
  not_found: 'We cannot find this parcel',
  not_found_text:
    'Check every letter and digit. If it is right, try again in an hour: the shop may not have added it yet.',
  looks_like_order: 'That looks like an order number',
  looks_like_order_text: 'Add your e-mail or phone below to find its parcels.',
  wrong_shape: 'That is not a tracking number',
  wrong_shape_text: 'It has 6 to 35 letters, digits and dashes.',
  order_not_found: 'No order matches these details',
  order_not_found_text: 'Check the order number and the e-mail or phone. After several tries, wait 5 minutes.',
  too_many: 'Too many searches for now',
  too_many_text: 'Please try again in 15 minutes.',
  unavailable: 'Tracking is not available right now',
  unavailable_text: 'The fault is ours. Please try again in a minute.',
  offline: 'No connection',
  offline_text: 'Check your connection. We keep trying.',

  // The page around it
  page_title: 'Track parcel {number}',
  page_description: '{status}. See every step of this parcel.',
  page_as_of: 'As of {when}. All times are {zone}.',
  page_order_needs_script: 'Searching by order number needs JavaScript.',
  page_not_here: 'There is no page here',
  page_not_here_text: 'You can track a parcel with its tracking number.',
  page_language: 'Language',

  // Calendar programs: `{parcel}` is courier and tracking number, `{number}` the number alone
  calendar_name: 'Parcel {number}',
  calendar_expected: 'Parcel expected: {parcel}',
  calendar_delivered: 'Parcel delivered: {parcel}',
  calendar_cancelled: 'Parcel not coming: {parcel}',
  calendar_details: 'Where it is now: {url}',
} as const

export type Word = keyof typeof en

type GapsOf<Text extends string> = Text extends `${string}{${infer Gap}}${infer Rest}` ? Gap | GapsOf<Rest> : never
type TextWith<Gap extends string> = [Gap] extends [never]
  ? string
  : { [One in Gap]: `${string}{${One}}${TextWith<Exclude<Gap, One>>}` }[Gap]

/** What every language says: each word, with the gaps of the English one. */
export type Words = { readonly [Each in Word]: TextWith<GapsOf<(typeof en)[Each]>> }
