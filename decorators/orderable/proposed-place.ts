import {
  all,
  answerTo,
  type Departure,
  type Entry,
  gt,
  lt,
  matching,
  type Operand,
  type Predicate,
  type Proposal,
  type ProposalContext,
  type Question,
} from 'plinth'
import type { ManualOrder } from './manual-order.js'
import { isMemory, keyIn, memoryOf, wasFirst } from './memory.js'
import { askedPlace } from './place.js'

/** The place that an order proposes for a row that comes into a list, where the others may stay as they are. */
export class ProposedPlace<V, S extends object> {
  readonly #order: ManualOrder<V, S>

  constructor(order: ManualOrder<V, S>) {
    this.#order = order
  }

  /** Last, or behind the row it came after, or first where it was the first. */
  entering({ before, after }: Entry, context: ProposalContext): Proposal<S> | undefined {
    const order = this.#order
    if (askedPlace(context.model)) return undefined
    const memory = before?.[order.keeping.memory]
    const { questions, between } = this.#asked(order.standing(after, context), memory)
    const proposed = (answers: readonly unknown[]) => {
      const value = order.keeping.between(...between(answers as readonly (V | null)[]))
      return value === undefined ? undefined : order.set(value, null)
    }
    return { values: order.set(null, null), unless: [], asking: { questions, proposed } }
  }

  /** No place, and in memory the row it stood behind. */
  leaving({ before }: Departure, { keys, ...context }: ProposalContext): Proposal<S> | undefined {
    const order = this.#order
    const value = order.valueOf(before)
    // It stands in no list that would change.
    if (value === null) return undefined
    const { property } = order.keeping
    const where = all(order.standing(before, context), lt(property, value as Operand))
    const questions = keys.map((key): Question => ({ property: key, where, order: [{ property, direction: 'DESC' }] }))
    const proposed = (answers: readonly unknown[]) => {
      const key =
        answers[0] === null ? undefined : Object.fromEntries(keys.map((name, index) => [name, answers[index]]))
      return order.set(null, memoryOf(key))
    }
    return { values: order.set(null, null), unless: [], asking: { questions, proposed } }
  }

  #asked(where: Predicate, memory: unknown): Asked<V> {
    const { property } = this.#order.keeping
    const end = (direction: 'ASC' | 'DESC', ...more: readonly Predicate[]): Question => ({
      property,
      where: all(where, ...more),
      order: [{ property, direction }],
    })
    if (wasFirst(memory)) return { questions: [end('ASC')], between: ([first = null]) => [null, first] }
    if (!isMemory(memory)) return { questions: [end('DESC')], between: ([last = null]) => [last, null] }
    const predecessor: Question = { property, where: all(where, matching(keyIn(memory))) }
    return {
      questions: [predecessor, end('ASC', gt(property, answerTo(predecessor))), end('DESC')],
      between: ([low = null, high = null, last = null]) => (low === null ? [last, null] : [low, high]),
    }
  }
}

/** Questions about a list, and between which two values their answers mean. */
interface Asked<V> {
  readonly questions: readonly Question[]
  readonly between: (answers: readonly (V | null)[]) => readonly [V | null, V | null]
}
