import { type ApiScope, shopRoles as everyone, type ShopRole } from '@jejak/db'

/** `scope`: whose keys may do it, `alsoScope` those of another one; null for no key. */
type Grant = {
  what: string
  scope: ApiScope | null
  alsoScope?: ApiScope
  roles: readonly ShopRole[]
  isOfOperators?: true
}

const managers = ['owner', 'admin'] as const
const handlers = [...managers, 'dispatcher', 'support'] as const

/**
 * Who may do what: the only place that decides. Routes name one of these; keys get them by their scopes, users by their role in the shop and by
 * being operators.
 */
export const grants = {
  'parcels:read': { what: 'see the shop’s parcels', scope: 'trackings:read', roles: everyone },
  'parcels:write': { what: 'register, import and change parcels', scope: 'trackings:write', roles: handlers },
  'parcels:delete': { what: 'remove parcels', scope: 'trackings:write', roles: [...managers, 'dispatcher'] },
  'parcels:link': { what: 'make signed links for buyers', scope: 'trackings:write', roles: handlers },
  'views:share': {
    what: 'keep views of the list for everyone of the shop',
    scope: 'shop:admin',
    roles: [...managers, 'dispatcher'],
  },
  'checks:request': { what: 'have a parcel checked now', scope: 'shop:admin', roles: handlers },
  'checks:bulk': {
    what: 'have many parcels checked at once',
    scope: 'shop:admin',
    roles: [...managers, 'dispatcher'],
  },
  'checks:read': { what: 'follow the checks that staff asked for', scope: 'shop:admin', roles: handlers },
  'attention:read': { what: 'see what needs a person', scope: 'shop:admin', roles: everyone },
  'attention:settle': {
    what: 'settle what needs a person',
    scope: 'shop:admin',
    roles: handlers,
  },
  'undo:use': {
    what: 'undo what was done, where one may do it',
    scope: 'shop:admin',
    alsoScope: 'trackings:write',
    roles: handlers,
  },
  'notes:write': { what: 'write notes on parcels', scope: 'trackings:write', roles: handlers },
  'overview:read': { what: 'see how the shop stands', scope: 'shop:admin', roles: everyone },
  'me:read': {
    what: 'see who one is here, what one may do, and who may do what',
    scope: 'shop:admin',
    roles: everyone,
    isOfOperators: true,
  },
  'search:use': { what: 'search the shop; each finds what they may see', scope: 'shop:admin', roles: everyone },
  'contacts:find': { what: 'find parcels by a customer’s contact', scope: 'shop:admin', roles: handlers },
  'usage:read': {
    what: 'see the calls to EasyParcel and what they were used for',
    scope: 'shop:admin',
    roles: [...handlers, 'biller'],
  },
  'analytics:read': {
    what: 'see how parcels fared and how customers tracked them, as counts',
    scope: 'shop:admin',
    roles: [...managers, 'biller', 'dispatcher'],
  },
  'connections:read': { what: 'see the shop’s EasyParcel accounts', scope: 'shop:admin', roles: handlers },
  'connections:change': {
    what: 'connect, change, pause and disconnect the shop’s EasyParcel accounts',
    scope: null,
    roles: managers,
  },
  'budget:change': { what: 'add calls to the budget of today', scope: 'shop:admin', roles: managers },
  'shop:read': { what: 'see the shop’s name, logo, contacts and languages', scope: 'shop:admin', roles: everyone },
  'shop:change': { what: 'change the shop’s name, logo, contacts and languages', scope: 'shop:admin', roles: managers },
  'settings:read': {
    what: 'see the shop’s settings, and where they come from',
    scope: 'shop:admin',
    roles: [...managers, 'dispatcher'],
  },
  'settings:change': { what: 'change the shop’s settings', scope: 'shop:admin', roles: managers },
  'privacy:export': { what: 'see and export what is held on a customer', scope: 'shop:admin', roles: managers },
  'privacy:erase': { what: 'erase what is held on a customer', scope: 'shop:admin', roles: managers },
  'audit:read': { what: 'see who did what in the shop', scope: 'shop:admin', roles: managers },
  'team:read': { what: 'see who belongs to the shop', scope: 'shop:admin', roles: managers },
  'team:change': { what: 'invite people, change their roles, take them out of the shop', scope: null, roles: managers },
  'keys:read': { what: 'see the shop’s API keys and when they were last used', scope: 'shop:admin', roles: managers },
  'keys:change': { what: 'create and revoke API keys', scope: null, roles: managers },
  'system:read': {
    what: 'see the whole installation and all its jobs',
    scope: 'operator',
    roles: [],
    isOfOperators: true,
  },
  'texts:map': {
    what: 'say what texts of couriers mean',
    scope: 'operator',
    roles: [],
    isOfOperators: true,
  },
  'jobs:manage': { what: 'retry and cancel jobs', scope: 'operator', roles: [], isOfOperators: true },
  'ticks:run': { what: 'have due work done now', scope: 'operator', roles: [], isOfOperators: true },
} as const satisfies Record<string, Grant>

export type Permission = keyof typeof grants

export const permissions = Object.keys(grants) as Permission[]

const where = (holds: (grant: Grant) => boolean): ReadonlySet<Permission> =>
  new Set(permissions.filter((name) => holds(grants[name])))

/** Whose keys have a permission. */
export const scopesOf = ({ scope, alsoScope }: Pick<Grant, 'scope' | 'alsoScope'>): ApiScope[] =>
  scope === null ? [] : [scope, ...(alsoScope ? [alsoScope] : [])]

/** What a key may do. */
export const permissionsOfKey = (scopes: readonly ApiScope[]): ReadonlySet<Permission> =>
  where((grant) => scopesOf(grant).some((scope) => scopes.includes(scope)))

/** Who has a permission beside users, for those who ask with a key. */
export const keysWith = (permission: Permission): string => {
  const scopes = scopesOf(grants[permission]).map((scope) => `\`${scope}\``)
  return scopes.length === 0 ? 'users have it, and no key' : `a key with the scope ${scopes.join(' or ')} has it`
}

/** What a permission allows, and which users have it; undefined for what is none. */
export const findGrant = (
  name: string,
): { permission: Permission; what: string; roles: ShopRole[]; isOfOperators: boolean } | undefined => {
  const permission = permissions.find((known) => known === name)
  if (!permission) return undefined
  const { what, roles, isOfOperators }: Grant = grants[permission]
  return { permission, what, roles: [...roles], isOfOperators: isOfOperators === true }
}

/** What a user may do in the shop in which they have this role. */
export const permissionsOfUser = ({
  role,
  isOperator,
}: {
  role: ShopRole | null
  isOperator: boolean
}): ReadonlySet<Permission> =>
  where(({ roles, isOfOperators }) => (role !== null && roles.includes(role)) || (isOperator && isOfOperators === true))
