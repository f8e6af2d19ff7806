import { DefinitionError, type Mistake } from '../errors/definition-error.js'
import { type Callee, placeOfCall } from '../metadata/place.js'
import { nearestName } from './nearest-name.js'

/** The names of all options of a type, which the compiler keeps whole. */
export type OptionNames<O> = { readonly [K in O extends unknown ? keyof O : never]: true }

/** Who was given options. */
export interface Optioned {
  readonly subject: string
  readonly places: readonly string[]
  /** What the options are called where they are no options, as `permissions`. */
  readonly kind?: string
  /** Where the options stand in those that were given, as `nested.notes`. */
  readonly within?: string
}

/**
 * Looks for options that do not exist, for programs whose types were silenced: what is misspelt would be what was never said.
 * @throws {DefinitionError} `E_OPTION`, naming each with the one it was most likely meant to be.
 */
export function requireKnown(given: unknown, known: Readonly<Record<string, true>>, optioned: Optioned): void {
  const mistakes = unknownOptions(given, known, optioned)
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
}

/**
 * What `requireKnown` does for the options of a call. Where it was made is looked for only where something is wrong, so
 * that it costs next to nothing.
 * @throws {DefinitionError} `E_OPTION`.
 */
export function requireKnownBy(
  callee: Callee,
  given: unknown,
  known: Readonly<Record<string, true>>,
  { subject = callee.name, ...where }: Partial<Omit<Optioned, 'places'>> = {},
): void {
  if (typeof given !== 'object' || given === null) return
  if (Object.keys(given).every((name) => Object.hasOwn(known, name))) return
  requireKnown(given, known, { ...where, subject, places: [placeOfCall(callee)] })
}

/** The mistakes that `requireKnown` tells. */
export function unknownOptions(
  given: unknown,
  known: Readonly<Record<string, true>>,
  { subject, places, kind = 'option', within }: Optioned,
): readonly Mistake[] {
  if (typeof given !== 'object' || given === null) return []
  const names = Object.keys(known)
  const inside = within === undefined ? '' : ` in \`${within}\``
  const strange = Object.keys(given).filter((name) => !Object.hasOwn(known, name))
  return strange.map((name): Mistake => {
    const nearest = nearestName(name, names)
    const all = names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`
    const remedy = nearest === undefined ? all : `Did you mean "${nearest}"?`
    return { code: 'E_OPTION', subject, problem: `it has no ${kind} "${name}"${inside}.`, places, remedy }
  })
}
