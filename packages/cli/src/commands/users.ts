import { text } from 'node:stream/consumers'
import type { Config } from '@jejak/config'
import {
  createUser,
  deriveAccessKeys,
  endSessionsOf,
  findUserId,
  forceTotpOff,
  inviteUser,
  type MadeLink,
  makeResetLink,
  newPassword,
  sessionsOf,
  setDisabled,
  setPassword,
  setRights,
  withdrawInvitation,
} from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { readSecretKeys } from '@jejak/core/installing'
import { type Db, listInvitations, listUsers, readClock, type ShopRole, shopRoles } from '@jejak/db'
import { Command, InvalidArgumentError } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

const readEmail = (text: string): string => {
  if (!/^[^\s@]+@[^\s@]+$/.test(text.trim())) throw new InvalidArgumentError('Write an e-mail address.')
  return text.trim()
}
const readRole = (text: string): ShopRole => {
  const role = shopRoles.find((known) => known === text)
  if (!role) throw new InvalidArgumentError(`Roles are ${shopRoles.join(', ')}.`)
  return role
}
const readRoleOrNone = (text: string): ShopRole | 'none' => (text === 'none' ? text : readRole(text))

/** The first line of standard input, or a new password. */
const choosePassword = async (fromInput: boolean): Promise<string> => {
  if (!fromInput) return newPassword()
  const [line = ''] = (await text(process.stdin)).split(/\r?\n/)
  if (line === '') throw new CliError('Standard input holds no password.', { exitCode: 2 })
  return line
}

const passwordOption = [
  '--password-stdin',
  'read the password from standard input instead of making one',
  false,
] as const

/** What a command that made a password prints: the password alone on standard output, once. */
const tellPassword = (json: boolean, data: object, { password, fromInput }: { password: string; fromInput: boolean }) =>
  print(fromInput ? '' : password, json && { ...data, ...(!fromInput && { password }) })

const acting = (db: Db) => ({ db, clock: readClock, actor: consoleActor })

type Create = { name: string; role?: ShopRole; shop?: string; operator: boolean; passwordStdin: boolean; json: boolean }

const userCreateCommand = (context: CommandContext): Command =>
  new Command('user:create')
    .description('creates a user who can sign in and prints the password once')
    .argument('<email>', 'the e-mail address', readEmail)
    .option('--name <name>', 'how colleagues call them', '')
    .option('--role <role>', `their role in the shop: ${shopRoles.join(', ')}`, readRole)
    .addOption(shopOption())
    .option('--operator', 'they run this installation', false)
    .option(...passwordOption)
    .option('--json', 'print the result as JSON', false)
    .action(async (email: string, { name, role, shop, operator, passwordStdin, json }: Create) => {
      if (!role && !operator) throw new CliError('Give --role, --operator, or both.', { exitCode: 2 })
      const password = await choosePassword(passwordStdin)
      await withInstallation({ ...context, shop }, async ({ db, organizationId }) => {
        const membership = role ? { organizationId, role } : null
        const { id } = await createUser(acting(db), {
          email,
          name,
          password,
          isOperator: operator,
          membership,
        })
        tellPassword(
          json,
          { id, email, role: role ?? null, isOperator: operator },
          { password, fromInput: passwordStdin },
        )
        note(`${email} can sign in as ${[role, operator && 'operator'].filter(Boolean).join(' and ')}.`)
      })
    })

const userListCommand = (context: CommandContext): Command =>
  new Command('user:list')
    .description('lists the users, with their roles and when they last signed in')
    .option('--json', 'print the list as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ config, db }) => {
        const show = instantShower(config.tracking.timezone)
        const users = (await listUsers(db)).map(({ id, memberships, sessions, disabledAt, ...user }) => ({
          ...user,
          id: id.toString(),
          roles: memberships.map(({ role, organization }) => ({ shop: organization.slug, role })),
          state: disabledAt ? 'disabled' : 'active',
          lastSeenAt: sessions[0]?.seenAt ?? null,
        }))
        const lines = users.map((user) => [
          ...[user.email, user.name, user.state],
          [...user.roles.map(({ shop, role }) => `${role} of ${shop}`), ...(user.isOperator ? ['operator'] : [])].join(
            ', ',
          ),
          show(user.lastSeenAt),
        ])
        const headings = ['E-MAIL', 'NAME', 'STATE', 'MAY', 'LAST SEEN']
        print(
          lines.length > 0 ? renderTable(headings, lines) : 'There are no users yet: see user:create.',
          json && users,
        )
      }),
    )

const userDisableCommand = (context: CommandContext): Command =>
  new Command('user:disable')
    .description('blocks a user, at once and everywhere')
    .argument('<email>', 'the e-mail address', readEmail)
    .option('--undo', 'let them in again', false)
    .action((email: string, { undo }: { undo: boolean }) =>
      withInstallation(context, async ({ db }) => {
        await setDisabled(acting(db), { email, disabledAt: undo ? null : context.now() })
        note(undo ? `${email} can sign in again.` : `${email} is signed out and cannot sign in.`)
      }),
    )

const userRoleCommand = (context: CommandContext): Command =>
  new Command('user:role')
    .description('changes what a user may do; they have to sign in again')
    .argument('<email>', 'the e-mail address', readEmail)
    .option('--role <role>', `their role in the shop: ${shopRoles.join(', ')}, or none`, readRoleOrNone)
    .addOption(shopOption())
    .option('--operator', 'they run this installation')
    .option('--no-operator', 'they do not run this installation')
    .action(
      (email: string, { role, shop, operator }: { role?: ShopRole | 'none'; shop?: string; operator?: boolean }) =>
        withInstallation({ ...context, shop }, async ({ db, organizationId }) => {
          if (role === undefined && operator === undefined)
            throw new CliError('Give --role, --operator or --no-operator.', { exitCode: 2 })
          await setRights(acting(db), {
            email,
            ...(role && { membership: { organizationId, role: role === 'none' ? null : role } }),
            ...(operator !== undefined && { isOperator: operator }),
          })
          note(`The rights of ${email} were changed.`)
        }),
    )

/** A link as it is printed: alone on standard output, once. */
const tellLink = ({ token, expiresAt }: MadeLink, { config, json }: { config: Config; json: boolean }) => {
  const link = `${config.http.publicUrl}/account/link#${token}`
  print(link, json && { link, expiresAt })
  const { timezone } = config.tracking
  note(`It works once, until ${instantShower(timezone)(expiresAt)} (${timezone}). Send it to them and to no one else.`)
}

const userInviteCommand = (context: CommandContext): Command =>
  new Command('user:invite')
    .description('prints a link with which someone joins a shop and chooses their own password')
    .argument('<email>', 'the e-mail address', readEmail)
    .requiredOption('--role <role>', `their role in the shop: ${shopRoles.join(', ')}`, readRole)
    .addOption(shopOption())
    .option('--json', 'print the result as JSON', false)
    .action((email: string, { role, shop, json }: { role: ShopRole; shop?: string; json: boolean }) =>
      withInstallation({ ...context, shop }, async ({ config, db, organizationId }) => {
        tellLink(await inviteUser(acting(db), { email, organizationId, role }), { config, json })
      }),
    )

const userInvitationsCommand = (context: CommandContext): Command =>
  new Command('user:invitations')
    .description('lists the invitations to a shop that wait to be used; with --withdraw, takes one back')
    .addOption(shopOption())
    .option('--withdraw <id>', 'the invitation to take back')
    .option('--json', 'print the list as JSON', false)
    .action(({ shop, withdraw, json }: { shop?: string; withdraw?: string; json: boolean }) =>
      withInstallation({ ...context, shop }, async ({ config, db, organizationId }) => {
        if (withdraw !== undefined) {
          if (!/^\d{1,18}$/.test(withdraw))
            throw new CliError('--withdraw takes the id of an invitation.', { exitCode: 2 })
          await withdrawInvitation(acting(db), { organizationId, id: withdraw })
          note('The invitation is taken back: its link does not work any more.')
        }
        const show = instantShower(config.tracking.timezone)
        const open = await listInvitations(db.sql, { organizationId, now: await readClock(db.sql) })
        const lines = open.map(({ id, email, role, expiresAt }) => [id, email, role, show(expiresAt)])
        print(lines.length > 0 ? renderTable(['ID', 'E-MAIL', 'ROLE', 'UNTIL'], lines) : 'None is open.', json && open)
      }),
    )

const userRemoveCommand = (context: CommandContext): Command =>
  new Command('user:remove')
    .description('removes a user from a shop, at once')
    .argument('<email>', 'the e-mail address', readEmail)
    .addOption(shopOption())
    .action((email: string, { shop }: { shop?: string }) =>
      withInstallation({ ...context, shop }, async ({ db, organizationId }) => {
        await setRights(acting(db), { email, membership: { organizationId, role: null } })
        note(`${email} does not belong to the shop any more.`)
      }),
    )

const userResetCommand = (context: CommandContext): Command =>
  new Command('user:reset')
    .description(
      'prints a link with which a user chooses another password; with --password-stdin, gives them one at once',
    )
    .argument('<email>', 'the e-mail address', readEmail)
    .option('--password-stdin', 'read the password from standard input instead of making a link', false)
    .option('--json', 'print the result as JSON', false)
    .action(async (email: string, { passwordStdin, json }: { passwordStdin: boolean; json: boolean }) => {
      const password = passwordStdin ? await choosePassword(true) : undefined
      await withInstallation(context, async ({ config, db }) => {
        if (password === undefined) return tellLink(await makeResetLink(acting(db), { email }), { config, json })
        const accessKeys = deriveAccessKeys(readSecretKeys(config))
        await setPassword({ ...acting(db), accessKeys }, { email, password })
        print('', json && { email })
        note(`${email} has another password and is signed out everywhere.`)
      })
    })

const userTotpOffCommand = (context: CommandContext): Command =>
  new Command('user:totp-off')
    .description('lets a user sign in without codes, after the authenticator and the recovery codes were lost')
    .argument('<email>', 'the e-mail address', readEmail)
    .action((email: string) =>
      withInstallation(context, async ({ db }) => {
        await forceTotpOff(acting(db), { email })
        note(`${email} signs in by password alone.`)
      }),
    )

const userSessionsCommand = (context: CommandContext): Command =>
  new Command('user:sessions')
    .description('shows where a user is signed in; with --end, signs them out everywhere')
    .argument('<email>', 'the e-mail address', readEmail)
    .option('--end', 'end all of these sessions', false)
    .option('--json', 'print the list as JSON', false)
    .action((email: string, { end, json }: { end: boolean; json: boolean }) =>
      withInstallation(context, async ({ config, db }) => {
        const userId = await findUserId(db, email)
        if (!userId) throw new CliError('There is no user with this e-mail address.')
        const show = instantShower(config.tracking.timezone)
        const sessions = await sessionsOf({ db, settings: config.access }, { userId, now: context.now() })
        const lines = sessions.map(({ id, createdAt, seenAt }) => [id, show(createdAt), show(seenAt)])
        print(lines.length > 0 ? renderTable(['ID', 'SINCE', 'LAST SEEN'], lines) : 'Not signed in.', json && sessions)
        if (end)
          note(
            `${await endSessionsOf(acting(db), { actor: consoleActor, organizationId: null, userId })} sessions are ended.`,
          )
      }),
    )

/** Everything about the people who sign in. */
export const userCommands = [
  userCreateCommand,
  userListCommand,
  userDisableCommand,
  userRoleCommand,
  userInviteCommand,
  userInvitationsCommand,
  userRemoveCommand,
  userResetCommand,
  userTotpOffCommand,
  userSessionsCommand,
]
