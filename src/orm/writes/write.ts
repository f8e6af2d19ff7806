import type {
  DeleteResult,
  EntityMetadata,
  InsertResult,
  ObjectLiteral,
  QueryBuilder,
  QueryRunner,
  UpdateResult,
} from 'typeorm'
import type { RowData } from '../../model/matches.js'
import type { Contributed, Model } from '../../model/model.js'
import type { Rule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import type { Happening } from '../events/announcement.js'
import type { Guarded } from '../scopes/guard.js'
import type { WholeCall } from './whole-call.js'

/** One of the scoped builders of statements that write, with what TypeORM keeps for its own classes. */
export type WriteBuilder = Guarded & { readonly dataSource: ModelDataSource }

/** The entity a statement writes. */
export interface Target {
  readonly model: Model
  readonly metadata: EntityMetadata
}

/** An UPDATE, or what is carried out as one. */
export interface Write extends Target {
  readonly builder: WriteBuilder
  readonly rules: readonly Contributed<Rule>[]
  /** What the caller gave, as rules see it. */
  readonly given: RowData
  /** What the caller wants written; the input of a verb, for one, is not. */
  readonly values: RowData
  /** How many rows the caller named, where all of them must be there. */
  readonly expected?: number
  /** The place of the row in a call that writes its rows one after another. */
  readonly place?: { readonly index: number; readonly count: number }
  readonly context: WriteContext
  /** What those who hear of it are told it is. */
  readonly event: Happening
  /** Whether who makes the call undoes it as a whole where it fails. */
  readonly undone?: boolean
  /** Where one statement cannot name all rows: the statements that do. */
  readonly builders?: readonly WriteBuilder[]
  /** The call of a verb that looks at its rows all at once. */
  readonly call?: WholeCall
}

/** Carries out a statement as TypeORM does. */
export type Run<R extends InsertResult | UpdateResult | DeleteResult> = () => Promise<R>

/** What TypeORM keeps for its own builders. */
interface Internals {
  readonly queryRunner?: QueryRunner
  createWhereExpression(): string
  createOrderByExpression?(): string
  createLimitExpression?(): string
  replacePropertyNamesForTheWholeQuery(text: string): string
}

export function internalsOf(builder: WriteBuilder): Internals {
  return builder as unknown as Internals
}

const ruled = new WeakSet<object>()

/** Marks a statement whose rules are applied already. */
export function markRuled<B extends object>(builder: B): B {
  ruled.add(builder)
  return builder
}

/** The entity whose rules a statement must obey; undefined where it has none, or they are applied already. */
export function targetOf(builder: WriteBuilder): Target | undefined {
  const { mainAlias } = builder.expressionMap
  if (ruled.has(builder) || !mainAlias?.hasMetadata) return undefined
  const { metadata } = mainAlias
  const model = builder.guard.model(metadata)
  return model && { model, metadata }
}

/** Whether an entity has rules for writes to rows that are there. */
export function hasWriteRules({ rules }: Model): boolean {
  return [rules.update, rules.delete, rules.enter, rules.leave, rules.written].some((kind) => kind.length > 0)
}

/** An UPDATE of the same unit and with the same guard, which no rule is applied to. */
export function updateLike(builder: WriteBuilder, { metadata }: Target, values: RowData) {
  return alike(builder, freshBuilder(builder).update(metadata.target).set(values))
}

/** A DELETE of the same unit and with the same guard, which no rule is applied to. */
export function deleteLike(builder: WriteBuilder, { metadata }: Target) {
  return alike(builder, freshBuilder(builder).delete().from(metadata.target))
}

function freshBuilder(builder: WriteBuilder) {
  return builder.dataSource.createQueryBuilder(internalsOf(builder).queryRunner)
}

function alike<B extends QueryBuilder<ObjectLiteral>>({ guard, expressionMap }: WriteBuilder, statement: B) {
  statement.callListeners(expressionMap.callListeners)
  return markRuled(Object.assign(statement, { guard }) as unknown as B & WriteBuilder)
}

/** Runs a statement with other values than its builder was given, which stay as they were. */
export async function withValues<T>(
  { expressionMap }: WriteBuilder,
  values: ObjectLiteral | ObjectLiteral[],
  run: () => Promise<T>,
): Promise<T> {
  const { valuesSet } = expressionMap
  Object.assign(expressionMap, { valuesSet: values })
  try {
    return await run()
  } finally {
    Object.assign(expressionMap, { valuesSet })
  }
}
