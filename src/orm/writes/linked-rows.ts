import type { EntityMetadata, ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { ContextSlot } from '../../helpers/context-slot.js'
import type { RowData } from '../../model/matches.js'
import type { Contributed } from '../../model/model.js'
import { any, matching } from '../../model/predicate.js'
import type { LinkedRow, LinkedRule } from '../../model/rule.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { ModelDataSource } from '../data-source.js'
import { heldKeysText } from '../key-text.js'
import { currentRead } from '../unit-of-work/current-read.js'
import { chunks, longestList } from './groups.js'
import { rowsOf } from './read-rows.js'
import { refusedLinkSelection } from './refusals.js'
import { RowsOfTable } from './rule-table.js'
import { currentSave } from './save.js'
import { Scene } from './scene.js'
import { primaryKeyText, valueReader } from './stored-rows.js'
import { inCall } from './transactions.js'
import { internalsOf, type Target, type WriteBuilder } from './write.js'
import { newContext } from './write-context.js'

/** An end of a junction table whose entity has rules about its links. */
export interface HearingEnd {
  readonly target: Target
  readonly relation: string
  readonly columns: readonly ColumnMetadata[]
  readonly rules: readonly Contributed<LinkedRule>[]
}

const calls = new ContextSlot<WriteContext>()

/** Runs several statements that store or remove links as one call, in which a row is told of once. */
export function asLinkCall<T>(dataSource: ModelDataSource, work: () => Promise<T>): Promise<T> {
  return calls.run(newContext(dataSource), work)
}

/**
 * Carries out a statement; where it stores or removes links, the rules of the rows at their ends are told before.
 * @throws {DefinitionError} `E_UNRULED_WRITE` for links from a SELECT, whose rows nobody knows.
 */
export async function tellingLinks<T>(builder: WriteBuilder, run: () => Promise<T>): Promise<T> {
  const { mainAlias, valuesSet, insertFromSelect, queryType } = builder.expressionMap
  const metadata = mainAlias?.hasMetadata && mainAlias.metadata.isJunction ? mainAlias.metadata : undefined
  const ends = metadata ? hearingEnds(builder.dataSource, metadata) : []
  if (!metadata || ends.length === 0) return run()
  if (insertFromSelect) throw refusedLinkSelection(ends.map(({ target }) => target.model))
  const given = [valuesSet ?? []].flat<ObjectLiteral[]>()
  const context = (builder.guard.persistence ? currentSave()?.context : calls.get()) ?? newContext(builder.dataSource)
  const tell = (links: readonly RowData[]) => tellEnds(builder, context, ends, links)
  const stored = (locked: boolean) => rowsOf(builder, { metadata }, locked)
  const work = async () => {
    if (queryType === 'insert') await tell(given)
    else {
      // Whoever adds links locks their ends first. Those that came meanwhile are known once the ends are locked.
      for (const locked of [false, true]) {
        const links = await stored(locked)
        await tell(queryType === 'update' ? links.flatMap((link) => [link, { ...link, ...given[0] }]) : links)
      }
    }
    return run()
  }
  return builder.guard.persistence ? work() : inCall(builder, context, work)
}

const known = new WeakMap<ModelDataSource, Map<EntityMetadata, readonly HearingEnd[]>>()

/** The ends whose entities have rules about links, always in the same order. */
export function hearingEnds(dataSource: ModelDataSource, junction: EntityMetadata): readonly HearingEnd[] {
  const ends = known.get(dataSource) ?? new Map<EntityMetadata, readonly HearingEnd[]>()
  known.set(dataSource, ends)
  const found = ends.get(junction) ?? findEnds(dataSource, junction)
  ends.set(junction, found)
  return found
}

function findEnds(dataSource: ModelDataSource, junction: EntityMetadata): readonly HearingEnd[] {
  const relations = dataSource.entityMetadatas
    .flatMap(({ manyToManyRelations }) => manyToManyRelations)
    .filter(({ junctionEntityMetadata }) => junctionEntityMetadata === junction)
  return [...new Set(relations)]
    .flatMap(({ entityMetadata: metadata, isOwning, propertyPath: relation }): readonly HearingEnd[] => {
      const model = dataSource.modelOf(metadata.target)
      const rules = model?.rules.linked.filter(({ relations }) => relations?.includes(relation) ?? true) ?? []
      const columns = isOwning ? junction.ownerColumns : junction.inverseColumns
      return model && rules.length > 0 ? [{ target: { model, metadata }, relation, columns, rules }] : []
    })
    .sort((a, b) => (a.target.metadata.tablePath < b.target.metadata.tablePath ? -1 : 1))
}

/** Tells the rules at some ends about links. */
export async function tellEnds(
  builder: WriteBuilder,
  context: WriteContext,
  ends: readonly HearingEnd[],
  links: readonly RowData[],
): Promise<void> {
  for (const end of ends) {
    const rows = await linkedRows(builder, context, end, links)
    const scene = new Scene(builder, end.target, context)
    for (const chunk of chunks(rows, longestList)) {
      const told = chunk.map((row): LinkedRow => ({ relation: end.relation, row }))
      for (const rule of end.rules)
        await rule.before(told, scene.contextFor({ contributor: rule.contributor }, chunk[0]!))
    }
  }
}

/** The rows at one end of links, each once, by their primary keys. */
async function linkedRows(
  builder: WriteBuilder,
  { operation }: WriteContext,
  { target: { metadata, model }, columns }: HearingEnd,
  links: readonly RowData[],
): Promise<readonly RowData[]> {
  const referred = new Map<string, RowData>()
  const textOf = heldKeysText(columns.map(({ referencedColumn }) => referencedColumn!))
  for (const link of links) {
    const values = columns.map((column) => [column.referencedColumn!.propertyPath, keyIn(link, column)] as const)
    referred.set(textOf(values.map(([, value]) => value)), Object.fromEntries(values))
  }
  const primary = new Set(metadata.primaryColumns)
  const rows = [...referred.values()]
  if (columns.every(({ referencedColumn }) => primary.has(referencedColumn!))) return rows
  const runner = internalsOf(builder).queryRunner ?? builder.dataSource.createQueryRunner()
  const connection = { dataSource: builder.dataSource, runner, operation }
  const table = new RowsOfTable({ ...connection, reading: () => currentRead(runner) }, metadata, model)
  const found: RowData[] = []
  for (const chunk of chunks(rows, longestList)) {
    found.push(...(await table.rows(any(...chunk.map((values) => matching(values as never))))))
  }
  return [...new Map(found.map((row) => [primaryKeyText(metadata, row), row])).values()]
}

/** A part of a key in a link, which may be given as the row it refers to. */
function keyIn(link: RowData, column: ColumnMetadata): unknown {
  const value = valueReader(column)(link)
  const isRow = typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value)
  return isRow ? (column.referencedColumn!.getEntityValue(value) ?? value) : value
}
