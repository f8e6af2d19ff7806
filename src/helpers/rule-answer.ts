import { UsageError } from '../errors/usage-error.js'

interface Rule {
  readonly name: string
}

/**
 * The decision of a rule, which is yes, no, or a question about a row.
 * @throws {UsageError} `E_RULE_ANSWER` where it is neither, so that nobody is refused, or let in, by mistake.
 */
export function decisionOf<D>({ name }: Rule, decision: D): D {
  if (typeof decision === 'boolean' || typeof decision === 'function') return decision
  throw indecision(name, decision, 'true, false, or a function that is shown the row')
}

/**
 * What a rule says of a row.
 * @throws {UsageError} `E_RULE_ANSWER` where that is neither true nor false.
 */
export function verdictOf({ name }: Rule, answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  throw indecision(name, answer, 'true or false')
}

function indecision(name: string, given: unknown, wanted: string): UsageError {
  const what = given === null ? 'null' : typeof given === 'object' ? 'an object' : `a value of type ${typeof given}`
  const answered = given === undefined ? 'nothing' : what
  return new UsageError('E_RULE_ANSWER', `The rule "${name}" answered ${answered}; it must answer ${wanted}.`)
}
