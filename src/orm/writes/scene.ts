import type { EntityMetadata, QueryRunner } from 'typeorm'
import { UsageError } from '../../errors/usage-error.js'
import { announcementOf } from '../../model/announcements.js'
import { isSameApplication, tableNameAs } from '../../model/application.js'
import type { RowData } from '../../model/matches.js'
import type { Contributor } from '../../model/model.js'
import { all } from '../../model/predicate.js'
import type { LockKeys } from '../../model/rule.js'
import type { CounterStep, RuleContext, WriteContext } from '../../model/rule-context.js'
import { nextNumber, nextNumbers, readNumber, storedKey } from '../counters.js'
import { companionMetadata } from '../schema/companions.js'
import { currentRead } from '../unit-of-work/current-read.js'
import { levelOf } from '../unit-of-work/runner-state.js'
import { leadsUpwards, lockAbove, type RowsBelow } from './lock-above.js'
import { RowsByRelation } from './rows-by-relation.js'
import { type Connection, RowsOfTable } from './rule-table.js'
import { touchRows } from './touch-saved.js'
import { afterCommitIn } from './transactions.js'
import { internalsOf, type Target, type WriteBuilder } from './write.js'

/** A rule as the model has it, as far as locks are concerned. */
export interface LockingRule {
  readonly contributor: Contributor
  locks?(row: RowData): LockKeys
}

/** Where the rules of one call meet the database: the unit, the tables and the counters they may use. */
export class Scene {
  readonly #builder: WriteBuilder
  readonly #target: Target
  readonly context: WriteContext
  #runner: QueryRunner | undefined
  #decides: boolean

  /** @param decides whether what is read decides what is written; of a scene that takes locks it does from then on. */
  constructor(builder: WriteBuilder, { model, metadata }: Target, context: WriteContext, decides = true) {
    this.#decides = decides
    this.#builder = builder
    this.#target = { model, metadata }
    this.context = context
  }

  /** What one rule is given for one row, or for several with the same locks. */
  contextFor(rule: LockingRule, row: RowData): RuleContext {
    const { model } = this.#target
    const connection = this.#connection
    const owner = this.#ownerOf(rule)
    const { context } = this
    return Object.freeze({
      now: context.now,
      operation: context.operation,
      input: context.input,
      notes: context.notes,
      afterCommit: (hook: Parameters<WriteContext['afterCommit']>[0]) => context.afterCommit(hook),
      model,
      table: new RowsOfTable(connection, owner.metadata, owner.model),
      companion: (name: string) => new RowsOfTable(connection, this.#companion(rule, name)),
      related: (relation: string) => this.#related(relation),
      touch: (rows: readonly RowData[]) =>
        touchRows({ ...this.#target, builder: this.#builder, context: this.context }, rows),
      announce: (kind: string, details: RowData) => this.#announce(rule.contributor, kind, details),
      describe: () => this.#builder.dataSource.describe(model.entity),
      visible: (where: Parameters<RuleContext['visible']>[0]) => all(where, owner.model.visible),
      next: (key?: string, count?: number) =>
        nextNumber(connection.dataSource, connection.runner, this.#counter(rule, row, key), count),
      nextNumbers: (steps: readonly CounterStep[]) => this.#nextNumbers(rule, steps),
      number: (key?: string, of: RowData = row) =>
        readNumber(connection.dataSource, connection.runner, this.#counter(rule, of, key), connection.reading()),
    })
  }

  #announce(contributor: Contributor, asDeclared: string, details: RowData): void {
    const { model } = this.#target
    const { events } = this.#builder.dataSource
    const { operation, now } = this.context
    const kind = announcementOf(model, contributor, asDeclared)
    const told = Object.freeze({ kind, entity: model.entity, operation, details })
    events.after(model, Object.freeze({ ...told, now }), (hook) => afterCommitIn(this.#ownRunner, hook))
    if (events.watched) afterCommitIn(this.#ownRunner, () => events.tell({ ...told, ids: 'many' }))
  }

  async #nextNumbers(rule: LockingRule, steps: readonly CounterStep[]): Promise<readonly number[]> {
    const counted = steps.map(({ row, key, count }) => ({ stored: this.#stored(rule, row, key), count }))
    const numbers = await nextNumbers(this.#builder.dataSource, this.#ownRunner, counted)
    return counted.map(({ stored }) => numbers.get(stored)!)
  }

  /** The stored keys of the locks a rule needs for a row. */
  keysOf(rule: LockingRule, row: RowData): readonly string[] {
    const keys = rule.locks?.(row) ?? []
    return (typeof keys === 'string' ? [keys] : keys).map((key) => this.#stored(rule, row, key))
  }

  /**
   * Takes locks, sorted.
   * @param late whether rows are locked already, so that a unit must start again rather than take another one.
   */
  async lock(keys: readonly string[], late = false): Promise<void> {
    if (keys.length === 0) return
    this.#decides = true
    await this.#builder.dataSource.lockIn(levelOf(this.#ownRunner), keys, late)
  }

  /** Whether rules write what rows of the entity belong to before them. */
  get leads(): boolean {
    return leadsUpwards(this.#builder.dataSource, this.#target.model)
  }

  /** Locks what rules write before rows of the entity, or of those that are given, from the top down. */
  async lockAbove(rows: readonly RowData[], others: readonly RowsBelow[] = []): Promise<void> {
    const call = { builder: this.#builder, context: this.context }
    await lockAbove(call, [{ ...this.#target, rows }, ...others])
  }

  /** Takes a lock by a statement that does more; see `UnitsOfWork.lockBy`. */
  lockBy<T>(key: string, take: () => Promise<T>): Promise<T | undefined> {
    this.#decides = true
    return this.#builder.dataSource.units.lockBy(levelOf(this.#ownRunner), key, take)
  }

  get #connection(): Connection {
    const { dataSource } = this.#builder
    const runner = this.#ownRunner
    const reading = () => (this.#decides ? currentRead(runner) : '')
    return { dataSource, runner, operation: this.context.operation, reading }
  }

  get #ownRunner(): QueryRunner {
    this.#runner ??= internalsOf(this.#builder).queryRunner ?? this.#builder.dataSource.createQueryRunner()
    return this.#runner
  }

  #counter(rule: LockingRule, row: RowData, key?: string): string {
    const [first] = this.keysOf(rule, row)
    const stored = key === undefined ? first : this.#stored(rule, row, key)
    if (stored !== undefined) return stored
    throw new UsageError(
      'E_MISSING_PART',
      `@${rule.contributor.trait} asks for a number without a key, and its rule has no locks.`,
    )
  }

  #stored({ contributor }: LockingRule, row: RowData, key: string): string {
    const { model, metadata } = this.#target
    return storedKey(metadata.tablePath, contributor, model, row, key)
  }

  /** In a shared table, the entity above that has the trait already: what is unique there is so among all its rows. */
  #ownerOf({ contributor }: LockingRule): Target {
    let owner = this.#target
    while (owner.metadata.tableType === 'entity-child') {
      const metadata = owner.metadata.parentEntityMetadata
      const model = this.#builder.dataSource.modelOf(metadata.target)
      const inherited = model?.traits.some(
        (applied) => isSameApplication(applied, contributor) && applied.place === contributor.place,
      )
      if (!model || !inherited) return owner
      owner = { model, metadata }
    }
    return owner
  }

  #related(name: string): RowsByRelation {
    const { dataSource } = this.#builder
    const relation = this.#target.metadata.findRelationWithPropertyPath(name)
    const model = relation?.isOwning ? dataSource.modelOf(relation.inverseEntityMetadata.target) : undefined
    if (!relation || !model || relation.joinColumns.length === 0) {
      throw new UsageError(
        'E_MISSING_PART',
        `${this.#target.metadata.name} has no relation "${name}" that holds the key of an entity.`,
      )
    }
    const call = { builder: this.#builder, connection: this.#connection, context: this.context }
    return new RowsByRelation(call, relation, model)
  }

  #companion({ contributor }: LockingRule, name: string): EntityMetadata {
    const { model, metadata } = this.#target
    const applied = model.traits.find((applied) => isSameApplication(applied, contributor))
    return companionMetadata(this.#builder.dataSource, metadata, tableNameAs(applied?.definition.as, name))
  }
}
