// A load process: reads its plan from the only argument, and writes its result as one line of JSON.
import type { AbusePlan } from './abuse-plan.ts'
import type { LoadPlan } from './load-plan.ts'
import { sendAbuse } from './send-abuse.ts'
import { sendLoad } from './send-load.ts'
import { sendVisits } from './send-visits.ts'
import type { VisitPlan } from './visit-plan.ts'

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan | VisitPlan | AbusePlan
const result = await ('visitors' in plan ? sendVisits(plan) : 'kinds' in plan ? sendAbuse(plan) : sendLoad(plan))
process.stdout.write(JSON.stringify(result), () => process.exit(0))
