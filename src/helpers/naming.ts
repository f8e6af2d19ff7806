import { repeated } from './repeated.js'

/** How names are spelt outside: as they are declared, or turned into one of two cases. */
export type NameStyle = 'asDeclared' | 'camelCase' | 'snake_case'

/** Every style there is. */
export const nameStyles: readonly NameStyle[] = ['asDeclared', 'camelCase', 'snake_case']

/** What names are called outside. Applied twice it says the same as once. */
export interface Naming {
  readonly style: NameStyle
  /** One name. */
  outside(this: void, name: string): string
  /** Names with points between them. */
  path(this: void, path: string): string
  /** A sentence for people that mentions some names, of which the first mention of each is called as outside. */
  sentence(this: void, text: string, names: readonly string[]): string
  /** An object whose own members are called as outside; what they hold is as it was. */
  members<T>(this: void, object: Readonly<Record<string, T>>): Readonly<Record<string, T>>
}

const styles: Readonly<Record<NameStyle, (name: string) => string>> = {
  asDeclared: (name) => name,
  camelCase: (name) => name.replace(/(?<=[\p{L}\p{N}])_+([\p{L}\p{N}])/gu, (_, next: string) => next.toUpperCase()),
  snake_case: (name) => name.replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, '_').toLowerCase(),
}

/** The naming of a style. */
export function namingOf(style: NameStyle): Naming {
  const outside = styles[style]
  return Object.freeze({
    style,
    outside,
    path: (path: string) => path.split('.').map(outside).join('.'),
    sentence: (text: string, names: readonly string[]) =>
      style === 'asDeclared' ? text : names.reduce((said, name) => mentioned(said, name, outside), text),
    members: <T>(object: Readonly<Record<string, T>>) =>
      style === 'asDeclared'
        ? object
        : Object.fromEntries(Object.entries(object).map(([name, value]) => [outside(name), value])),
  })
}

/** The first place where a name, or a path, stands as a word of its own: what follows may be data that is alike. */
function mentioned(text: string, name: string, outside: (name: string) => string): string {
  const named = name.split('.').map(outside).join('.')
  if (named === name) return text
  const word = new RegExp(`(?<![\\p{L}\\p{N}_$.])${name.replace(/[.$]/g, '\\$&')}(?![\\p{L}\\p{N}_$])`, 'u')
  return text.replace(word, () => named)
}

/** Names as they are declared. */
export const asDeclared: Naming = namingOf('asDeclared')

/** What several of some names would be called alike. */
export const sharedNames = (names: Iterable<string>, { outside }: Naming): readonly string[] =>
  repeated([...new Set(names)].map(outside))
