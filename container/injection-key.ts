import type { AnyClass } from 'plinth'

declare const provides: unique symbol

/** A key for something that no class stands for, such as an interface or a setting. */
export type Token<T> = symbol & { readonly [provides]: T }

/** What something is asked for by: a class, abstract or not, or a token. */
export type InjectionKey<T = unknown> = Token<T> | AnyClass<T>

/** Makes a token. Two tokens are never the same, also where their names are: `const mailer = token<Mailer>('mailer')`. */
export function token<T>(name: string): Token<T> {
  return Symbol(name) as Token<T>
}

/** What an injection key is called in messages. */
export function nameOf(key: unknown): string {
  if (typeof key === 'function') return key.name || 'an anonymous class'
  return typeof key === 'symbol' ? (key.description ?? 'a token without a name') : String(key)
}
