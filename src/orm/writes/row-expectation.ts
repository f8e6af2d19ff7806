import type { ConflictError } from '../../errors/exceptions.js'
import { isFailure } from '../../errors/failure.js'
import { contextVariable } from '../../helpers/context-variable.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { matches, type RowData } from '../../model/matches.js'
import type { Contributed } from '../../model/model.js'
import { matching, type Operand } from '../../model/predicate.js'
import type { Rule } from '../../model/rule.js'
import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import type { Level } from '../unit-of-work/level.js'
import { levelOf } from '../unit-of-work/runner-state.js'
import { Transaction } from '../unit-of-work/transaction.js'
import { lockedForChange } from './locked-for-change.js'
import { stale } from './refusals.js'
import { primaryKeyText } from './stored-rows.js'
import { internalsOf, type Target, type WriteBuilder } from './write.js'

const running = contextVariable<RowExpectation>('row expectation')

/**
 * What is expected of a row that was read, until the unit of work that writes it has done so. From then on nobody else can
 * write the row, and what is stored is the unit's own.
 */
export class RowExpectation {
  readonly #dataSource: ModelDataSource
  readonly #target: Target
  readonly #key: string
  readonly #row: EntityRow
  readonly #values: RowData
  /** Where the row was written on condition. */
  #writtenIn: Level | undefined
  #isLost = false

  /** @param values what must still be stored of the row, e.g. its version. */
  constructor(dataSource: ModelDataSource, entity: AnyClass, row: EntityRow, values: RowData) {
    this.#dataSource = dataSource
    this.#target = { model: dataSource.registry.model(entity), metadata: dataSource.getMetadata(entity) }
    this.#key = primaryKeyText(this.#target.metadata, row)
    this.#row = row
    this.#values = values
  }

  /** Whether the row was found to be another than is expected. */
  get isLost(): boolean {
    return this.#isLost
  }

  /**
   * Runs a part of a unit of work. The first statement that writes the row does so on the condition that it is as expected;
   * a row that none wrote is looked at in the end, and locked.
   * @throws {ConflictError} `STALE` where it is not, or no longer there.
   */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = await running.run(this, async () => work())
    if (!this.#isWritten && !isFailure(result)) await this.#look()
    return result
  }

  /** Whether rows of a target may be the one that is expected to be so. */
  concerns({ metadata }: Target): boolean {
    return metadata.tablePath === this.#target.metadata.tablePath
  }

  /** What must be true of a row when it is written. */
  guard(before: RowData): RowData {
    if (this.#isWritten || !this.#isOf(before)) return {}
    if (!matches(this.#condition(), before)) throw this.#lost()
    return this.#values
  }

  /** Hears that rows were written at a level, as their guards wanted them. */
  written(rows: readonly RowData[], level: Level | undefined): void {
    if (!this.#isWritten && rows.some((row) => this.#isOf(row))) this.#writtenIn = level
  }

  /** Hears that rows were not written, because one of them was not as its guard wanted it. */
  missed(rows: readonly RowData[]): void {
    this.#isLost ||= !this.#isWritten && rows.some((row) => this.#isOf(row))
  }

  /** A savepoint that is undone takes the write back, and lets others write the row. */
  get #isWritten(): boolean {
    const level = this.#writtenIn
    return level !== undefined && !(level instanceof Transaction && level.undone)
  }

  #lost(): ConflictError {
    this.#isLost = true
    return stale(this.#target.model)
  }

  async #look(): Promise<void> {
    const { metadata, model } = this.#target
    const rows = this.#dataSource.getRepository(model.entity) as unknown as ScopedRepository<EntityRow>
    const statement = rows
      .createQueryBuilder('row')
      .whereInIds([metadata.getEntityIdMap(this.#row)])
      .andWhere({ ...this.#values })
    if (!(await lockedForChange(statement).getOne())) throw this.#lost()
  }

  #isOf(row: RowData): boolean {
    return primaryKeyText(this.#target.metadata, row) === this.#key
  }

  #condition() {
    return matching(this.#values as Readonly<Record<string, Operand | null>>)
  }
}

/** A write with the condition that the running expectation makes of its rows, in front of its other rules. */
export function withExpectation<W extends Target & { readonly rules: readonly Contributed<Rule>[] }>(write: W): W {
  const expectation = running.peek()
  if (!expectation?.concerns(write)) return write
  const rule: Contributed<Rule> = {
    guard: ({ before }) => expectation.guard(before),
    contributor: { trait: 'RowExpectation', key: '', place: '' },
  }
  return { ...write, rules: [rule, ...write.rules] }
}

/** Whether something is expected of rows of a target. */
export function isExpected(target: Target): boolean {
  return running.peek()?.concerns(target) ?? false
}

/** Notes that a statement of a unit has written rows as their guards wanted them. */
export function notifyWritten(builder: WriteBuilder, target: Target, rows: readonly RowData[]): void {
  const expectation = running.peek()
  if (!expectation?.concerns(target)) return
  const { queryRunner } = internalsOf(builder)
  expectation.written(rows, queryRunner ? levelOf(queryRunner) : builder.dataSource.units.ambient())
}

/** Notes that a statement has not written rows, because one of them was not as its guard wanted it. */
export function notifyMissed(target: Target, rows: readonly RowData[]): void {
  const expectation = running.peek()
  if (expectation?.concerns(target)) expectation.missed(rows)
}
