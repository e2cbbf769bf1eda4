import type { Actor } from '@jejak/core/changes'
import type { ApiKeyIdentity } from '@jejak/db'

/** A key, and what it stands for in the log of changes. */
export type Caller = ApiKeyIdentity & { actor: Actor }
