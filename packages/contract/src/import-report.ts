import { z } from 'zod'

/** One line of a file that was not imported; `line` counts from 1 and includes the heading. */
export const importProblem = z.object({ line: z.number().int(), problem: z.string() })

/** What became of an imported file. Nothing of a file is undone: importing it again changes nothing that is there. */
export const importReport = z.object({
  lines: z.number().int().meta({ description: 'Lines read, without the heading and empty lines' }),
  created: z.number().int(),
  exists: z.number().int(),
  invalid: z.number().int(),
  ignoredColumns: z.array(z.string()).meta({ description: 'Columns whose heading we do not know' }),
  problems: z.array(importProblem),
})
export type ImportReport = z.infer<typeof importReport>
