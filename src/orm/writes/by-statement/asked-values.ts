import { type Awaitable, andThen } from '../../../helpers/awaitable.js'
import { copied } from '../../../helpers/copied.js'
import type { ModelDataSource } from '../../data-source.js'
import type { Target } from '../write.js'
import { type Answered, answersTo } from './answers.js'
import { isProposable } from './proposable.js'
import type { ProposedValues } from './proposed-values.js'

/** What is proposed, with all its values. */
export interface ReadyValues extends ProposedValues {
  /** What the values were made of, where somebody else may change it before they are written. */
  readonly answered?: Answered
}

/**
 * Asks other rows what proposals want to know of them, by one statement; undefined where a rule has to look at them.
 * @param isHeld whether nobody can change the answers until the row is written.
 */
export function askedValues(
  dataSource: ModelDataSource,
  target: Target,
  proposed: ProposedValues,
  isHeld: boolean,
): Awaitable<ReadyValues | undefined> {
  const { asking } = proposed
  if (asking.length === 0) return proposed
  const questions = asking.flatMap((one) => one.questions)
  return andThen(answersTo(dataSource, target, questions), (answers) => {
    let values = proposed.values
    let start = 0
    for (const one of asking) {
      const more = one.proposed(answers.slice(start, (start += one.questions.length)))
      if (!more || !isProposable(dataSource, target, more)) return undefined
      values = copied(values, more)
    }
    return isHeld ? { ...proposed, values } : { ...proposed, values, answered: { target, questions, answers } }
  })
}
