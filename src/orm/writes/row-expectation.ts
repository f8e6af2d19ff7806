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
import { lockedForChange } from './locked-for-change.js'
import { stale } from './refusals.js'
import { primaryKeyText } from './stored-rows.js'
import type { Target } from './write.js'

const running = contextVariable<RowExpectation>('row expectation')

/** What is expected of a row that was read, until the unit of work that writes it ends. */
export class RowExpectation {
  readonly #dataSource: ModelDataSource
  readonly #target: Target
  readonly #key: string
  readonly #row: EntityRow
  readonly #values: RowData
  #confirmed = false

  /** @param values what must still be stored of the row, e.g. its version. */
  constructor(dataSource: ModelDataSource, entity: AnyClass, row: EntityRow, values: RowData) {
    this.#dataSource = dataSource
    this.#target = { model: dataSource.registry.model(entity), metadata: dataSource.getMetadata(entity) }
    this.#key = primaryKeyText(this.#target.metadata, row)
    this.#row = row
    this.#values = values
  }

  /** Whether a statement has written the row on the condition that it was as expected. */
  get confirmed(): boolean {
    return this.#confirmed
  }

  /**
   * Runs a part of a unit of work. Statements that write the row do so on the condition that it is as expected; a row
   * that none of them wrote is looked at in the end, and locked.
   * @throws {ConflictError} `STALE` where it is not, or no longer there.
   */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    const result = await running.run(this, async () => work())
    if (!this.#confirmed && !isFailure(result)) await this.#look()
    return result
  }

  /** Whether rows of a target may be the one that is expected to be so. */
  concerns({ metadata }: Target): boolean {
    return metadata.tablePath === this.#target.metadata.tablePath
  }

  /** What must be true of a row when it is written. */
  guard(before: RowData): RowData {
    if (!this.#isOf(before)) return {}
    if (!matches(this.#condition(), before)) throw stale(this.#target.model)
    return this.#values
  }

  confirm(rows: readonly RowData[]): void {
    this.#confirmed ||= rows.some((row) => this.#isOf(row))
  }

  async #look(): Promise<void> {
    const { metadata, model } = this.#target
    const rows = this.#dataSource.getRepository(model.entity) as unknown as ScopedRepository<EntityRow>
    const statement = rows
      .createQueryBuilder('row')
      .whereInIds([metadata.getEntityIdMap(this.#row)])
      .andWhere({ ...this.#values })
    if (!(await lockedForChange(statement).getOne())) throw stale(model)
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

/** Notes that rows were written on condition. */
export function confirmRows(target: Target, rows: readonly RowData[]): void {
  const expectation = running.peek()
  if (expectation?.concerns(target)) expectation.confirm(rows)
}
