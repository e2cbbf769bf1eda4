import { z } from 'zod'

/** One line of a file that was not imported; `line` counts from 1 and includes the heading. */
export const importProblem = z.object({ line: z.number().int(), problem: z.string() })

/** What could not be read of a line whose parcel was registered. */
export const importWarning = z.object({ line: z.number().int(), warning: z.string() })

/** So many problems and so many warnings are told in full. */
export const importProblemsMax = 1_000

const count = z.number().int()

/** What became of an imported file. Nothing of a file is undone: importing it again changes nothing that is there. */
export const importReport = z.object({
  dryRun: z
    .literal(true)
    .optional()
    .meta({ description: 'Nothing was saved: this is what importing the file would do' }),
  lines: count.meta({ description: 'Lines read, without the heading and empty lines' }),
  created: count,
  exists: count,
  orderAdded: count.meta({ description: 'Known parcels that got another order' }),
  renewed: count.meta({ description: 'Numbers used again long after their parcel had ended' }),
  reopened: count.meta({ description: 'Lapsed parcels that are checked again' }),
  invalid: count,
  ignoredColumns: z.array(z.string()).meta({ description: 'Columns whose heading we do not know' }),
  problems: z.array(importProblem).max(importProblemsMax),
  problemsLeftOut: count.meta({ description: 'Further problems, which are only counted' }),
  warnings: z.array(importWarning).max(importProblemsMax),
  warningsLeftOut: count.meta({ description: 'Further warnings, which are only counted' }),
})
export type ImportReport = z.infer<typeof importReport>
