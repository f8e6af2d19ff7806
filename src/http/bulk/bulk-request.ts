import type { EntityRow } from '../../orm/entity-row.js'
import { nothing } from '../../orm/writes/by-statement/one-row.js'
import type { Call } from '../call.js'
import { prefersMinimal } from '../conditional/prefer.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf } from '../host.js'
import type { EntityViewSet } from '../mixins/viewset-class.js'
import type { Reply } from '../reply.js'
import type { RowDecider } from '../writing/row-decider.js'
import { answerBulk } from './answer-bulk.js'
import { exceptionIn } from './bulk-failure.js'
import type { BulkFilter, BulkItem, BulkOutcome, BulkResult } from './bulk-item.js'
import type { BulkPlan } from './bulk-plan.js'
import { writeByStatement } from './by-statement.js'
import { type FoundRows, keyOf, rowsOfFilter, rowsOfItems, seenRows } from './find-rows.js'
import { lockAheadOfItems } from './lock-items.js'
import type { BulkInput } from './read-bulk.js'
import { type PerformItem, runAll, runEachAlone } from './run-items.js'
import { isTogether, runTogether } from './run-together.js'
import { runUnseen } from './run-unseen.js'

/** The body of a call of a bulk action, read and checked. */
export class BulkRequest {
  /** Whether all items are written or none. */
  readonly atomic: boolean
  /** In the order of the body; empty where a filter says which rows are meant. */
  readonly items: readonly BulkItem[]
  readonly filter: BulkFilter | undefined
  readonly #plan: BulkPlan
  /** Whether the caller wants to see the rows as they are then. */
  readonly #isShown: boolean

  constructor(plan: BulkPlan, { atomic, items, filter }: BulkInput, exchange: Exchange) {
    this.#plan = plan
    this.#isShown = !prefersMinimal(exchange.header('prefer'))
    this.atomic = atomic
    this.items = items
    this.filter = filter
  }

  /** Finds, locks and judges the rows, and does to each what is to be done. */
  async run(viewSet: EntityViewSet, call: Call, perform: PerformItem): Promise<BulkOutcome> {
    const plan = this.#plan
    const exchange = call as Exchange
    const unseen = await this.#unseen(viewSet, exchange)
    if (unseen) return unseen
    if (!this.atomic) return this.#runEachAlone(viewSet, exchange, perform)
    const { rows, items } = await this.#targets(viewSet, exchange)
    const run = { plan, exchange, rows, perform }
    if (!isTogether(plan, items)) return { results: await runAll(items, run) }
    try {
      return await dataSourceOf(plan.host).atomic(() => runTogether(viewSet, items, run))
    } catch (error) {
      if (exceptionIn(error, plan).statusCode >= 500) throw error
      if (plan.kind === 'verb') throw error
      // One by one, to find out which of them it was.
      return { results: await runAll(items, run) }
    }
  }

  /**
   * Writes the rows by one statement, and answers what became of them; undefined where nothing was written, because a unit of
   * work has to. Items that are written each by itself may be written so where none is refused.
   * @param decider asks what the permission leaves open.
   */
  async byStatement(viewSet: EntityViewSet, exchange: Exchange, decider: RowDecider): Promise<Reply | undefined> {
    const plan = this.#plan
    if (this.filter || !isTogether(plan, this.items)) return undefined
    const results = await writeByStatement(viewSet, this.items, { exchange, plan, decider, isShown: this.#isShown })
    return results && this.answer(exchange, { results })
  }

  /** What is answered. */
  answer(call: Call, outcome: BulkOutcome): Promise<Reply> {
    return answerBulk(this.#plan, call as Exchange, outcome, { atomic: this.atomic, isShown: this.#isShown })
  }

  /** Where no item is written nothing stays behind, not even the locks that were taken ahead of them. */
  async #runEachAlone(viewSet: EntityViewSet, exchange: Exchange, perform: PerformItem): Promise<BulkOutcome> {
    const plan = this.#plan
    let results: readonly BulkResult[] = []
    await dataSourceOf(plan.host).atomic(async () => {
      const { rows, items } = await this.#targets(viewSet, exchange)
      results = await runEachAlone(items, { plan, exchange, rows, perform })
      return results.every(({ problem }) => problem) ? nothing : undefined
    })
    return { results }
  }

  #unseen(viewSet: EntityViewSet, exchange: Exchange): Promise<BulkOutcome | undefined> | undefined {
    const isOne = this.atomic && !this.filter && isTogether(this.#plan, this.items)
    return isOne ? runUnseen(viewSet, this.items, exchange, this.#plan) : undefined
  }

  async #targets(viewSet: EntityViewSet, exchange: Exchange): Promise<Targets> {
    const plan = this.#plan
    if (plan.kind === 'create') return { rows: new Map<string, EntityRow>(), items: this.items }
    const seen = seenRows(viewSet, exchange, plan)
    const { filter } = this
    if (!filter) {
      await lockAheadOfItems(this.items, plan)
      return { rows: await rowsOfItems(seen, this.items, plan), items: this.items }
    }
    const itemsOf = (found: FoundRows) => [...found.values()].map((row, index) => itemOf(row, index, filter, plan))
    const rows = await rowsOfFilter(seen, filter, plan, (found) => lockAheadOfItems(itemsOf(found), plan))
    return { rows, items: itemsOf(rows) }
  }
}

/** An item that a filter has found. */
function itemOf(row: EntityRow, index: number, { values }: BulkFilter, plan: BulkPlan): BulkItem {
  const key = keyOf(row, plan)
  return { index, at: ['filter'], valuesAt: ['values'], id: key, key, values }
}

interface Targets {
  readonly rows: FoundRows
  readonly items: readonly BulkItem[]
}
