// A load process: reads its plan from the only argument, and writes its result as one line of JSON.
import type { LoadPlan } from './load-plan.ts'
import { sendLoad } from './send-load.ts'

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan
process.stdout.write(JSON.stringify(await sendLoad(plan)), () => process.exit(0))
