import { inspect } from 'node:util'

const REDACTED = '[secret]'

/** A value that shows itself only through `reveal()`: strings, JSON and `console.log` get `[secret]`. */
export type Secret = {
  readonly reveal: () => string
  readonly toString: () => string
  readonly toJSON: () => string
}

/** Wraps a value so that no log line or error text can print it by accident. */
export const secret = (value: string): Secret => {
  const redacted = () => REDACTED
  return Object.freeze({ reveal: () => value, toString: redacted, toJSON: redacted, [inspect.custom]: redacted })
}
