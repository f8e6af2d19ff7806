import { DefinitionError, type Mistake } from '../../errors/definition-error.js'
import type { Optioned } from '../../helpers/known-options.js'

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'

/** The statuses that problems have: from 400 to 599. */
export type ErrorStatus = `${'4' | '5'}${Digit}${Digit}` extends `${infer N extends number}` ? N : never

/** The mistakes of codes whose status is no error's, for programs whose types were silenced. */
export function wrongStatuses(
  problems: Readonly<Record<string, number>> | undefined,
  { subject, places }: Pick<Optioned, 'subject' | 'places'>,
): readonly Mistake[] {
  return Object.entries(problems ?? {}).flatMap(([code, status]): Mistake | readonly Mistake[] => {
    if (Number.isInteger(status) && status >= 400 && status <= 599) return []
    const problem = `its problem ${code} has the status ${String(status)}, which is none of an error.`
    return { code: 'E_PROBLEM_STATUS', subject, problem, places, remedy: 'Give it a status from 400 to 599.' }
  })
}

/**
 * Looks for codes whose status is no error's.
 * @throws {DefinitionError} `E_PROBLEM_STATUS`.
 */
export function requireErrorStatuses(
  problems: Readonly<Record<string, number>> | undefined,
  optioned: Pick<Optioned, 'subject' | 'places'>,
): void {
  const mistakes = wrongStatuses(problems, optioned)
  if (mistakes.length > 0) throw new DefinitionError(mistakes)
}
