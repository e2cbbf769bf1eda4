import { noteRequest, parseTrackingNumber } from '@jejak/contract'
import { addNote, listParcelNotes, removeNote } from '@jejak/core/attention'
import { consoleActor as actor } from '@jejak/core/audit'
import { readClock as clock } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type OpenedInstallation, withInstallation } from '../open-installation.ts'
import { noteUndo, print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'
import { findView } from './track.ts'

type Common = { shop?: string; json: boolean }
type Parcel = { organizationId: string; trackingId: string }

const ofParcel = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('<tracking-number>', 'as printed on the courier label')
    .addOption(shopOption())
    .option('--json', 'print the answer as JSON', false)

const withParcel = (
  context: CommandContext,
  { input, shop }: { input: string; shop: string | undefined },
  work: (opened: OpenedInstallation, parcel: Parcel) => Promise<void>,
): Promise<void> => {
  const parsed = parseTrackingNumber(input)
  if (!parsed.ok) throw new CliError(parsed.problem, { exitCode: 2 })
  return withInstallation({ ...context, shop }, async (opened) => {
    const view = await findView({ ...opened, now: context.now() }, parsed.trackingNumber)
    if (!view) throw new CliError(`No parcel is registered under ${parsed.trackingNumber}.`)
    await work(opened, { organizationId: opened.organizationId, trackingId: view.id })
  })
}

const listCommand = (context: CommandContext): Command =>
  ofParcel('note:list', 'the notes on a parcel, newest first').action((input: string, { shop, json }: Common) =>
    withParcel(context, { input, shop }, async ({ db, settings }, parcel) => {
      const notes = await listParcelNotes({ db }, parcel)
      const show = instantShower(settings.timezone)
      const lines = notes.map(({ id, at, by, text }) => [id, show(at), by, text.replaceAll('\n', ' ')])
      const text = lines.length > 0 ? renderTable(['ID', 'AT', 'BY', 'NOTE'], lines) : 'There is no note.'
      print(text, json && { data: notes })
    }),
  )

const addCommand = (context: CommandContext): Command =>
  ofParcel('note:add', 'writes a note on a parcel; everyone of the shop sees it, customers never')
    .argument('<text>', 'at most 1,000 characters; no more about people than the work needs')
    .action((input: string, text: string, { shop, json }: Common) => {
      const read = noteRequest.safeParse({ text })
      if (!read.success) throw new CliError(read.error.issues[0]?.message ?? '', { exitCode: 2 })
      return withParcel(context, { input, shop }, async ({ db }, parcel) => {
        const added = await addNote({ db, clock }, { actor, ...parcel, text: read.data.text })
        print(`Note ${added.id} written.`, json && added)
        noteUndo(added.undo)
      })
    })

const removeCommand = (context: CommandContext): Command =>
  ofParcel('note:remove', 'removes a note from a parcel')
    .argument('<note>', 'its id, as note:list shows it')
    .action((input: string, noteId: string, { shop, json }: Common) => {
      if (!/^\d{1,18}$/.test(noteId)) throw new CliError('A note is named by its id.', { exitCode: 2 })
      return withParcel(context, { input, shop }, async ({ db }, parcel) => {
        await removeNote({ db, clock }, { actor, ...parcel, noteId })
        print(`Note ${noteId} removed.`, json && { id: noteId })
      })
    })

export const noteCommands = [listCommand, addCommand, removeCommand]
