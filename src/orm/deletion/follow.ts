import type { QueryRunner, UpdateResult } from 'typeorm'
import { ConflictError } from '../../errors/exceptions.js'
import { isSameApplication } from '../../model/application.js'
import { matches, type RowData } from '../../model/matches.js'
import type { CompiledVerb, Contributed } from '../../model/model.js'
import { eq, type Predicate } from '../../model/predicate.js'
import type { WriteContext } from '../../model/rule-context.js'
import type { WriteCause } from '../events/write-event.js'
import { chunks, longestList } from '../writes/groups.js'
import { passesTogether } from '../writes/passages.js'
import { sharedValues } from '../writes/row-change.js'
import { rowKeyText } from '../writes/stored-rows.js'
import { update } from '../writes/update.js'
import { markRuled, type Target, type WriteBuilder } from '../writes/write.js'
import { hiddenParents } from './hidden-parents.js'
import { type Reference, referencesOf, referencesTo } from './references.js'
import { relatedRows, type Search } from './related-rows.js'
import { rowsStatement } from './rows-statement.js'

/** A verb, by the name that it has for every entity. */
export interface NamedVerb {
  readonly name: string
  readonly verb: Contributed<CompiledVerb>
}

/** One call of a verb, as far as rows that come along are concerned. */
export interface Followed extends NamedVerb {
  /** A statement of the same unit. */
  readonly builder: WriteBuilder
  readonly runner: QueryRunner
  readonly context: WriteContext<RowData>
  /** The write that other rows come along with. */
  readonly cause?: WriteCause
}

/** Rows of an entity that a verb writes, as they were before. */
export interface WrittenRows extends Target {
  readonly rows: readonly RowData[]
}

/** Rows, and the condition under which others come along with them. */
interface Wave extends WrittenRows {
  readonly where: Predicate
}

/** The rows that come along with those a verb writes, level by level. */
export async function followersOf(
  search: Search,
  call: NamedVerb,
  written: WrittenRows,
): Promise<readonly WrittenRows[]> {
  const seen = new Set(written.rows.map((row) => rowKeyText(written.metadata, row)))
  const all: WrittenRows[] = []
  let waves = wavesOf(call.verb, written)
  while (waves.length > 0) {
    const next: Wave[] = []
    for (const wave of waves) {
      for (const reference of followedReferences(search, call, wave)) {
        const found = await relatedRows(search, reference, wave.rows, 'everything', [wave.where])
        const rows = found.filter((row) => !seen.has(rowKeyText(reference.metadata, row)))
        if (rows.length === 0) continue
        for (const row of rows) seen.add(rowKeyText(reference.metadata, row))
        const part = { model: reference.model, metadata: reference.metadata, rows }
        all.push(part)
        next.push({ ...part, where: wave.where })
      }
    }
    waves = next
  }
  return all
}

/**
 * Refuses rows that a verb has brought back, where what they belong to is hidden. Asked when all is written, because
 * parents may come back with the same call.
 * @throws {ConflictError} `PARENT_DELETED`
 */
export async function assertParentsShown(call: Followed, { model, metadata, rows }: WrittenRows): Promise<void> {
  const { builder, runner, name, context } = call
  const verb = model.verbs[name] ?? call.verb
  const shared = sharedValues([verb, ...model.rules.update], context)
  const shown = rows.filter((row) => matches(model.visible, { ...row, ...shared }))
  for (const reference of parentReferences(builder, metadata)) {
    const keys = keysOf(reference, shown)
    const [id] = keys.length > 0 ? await hiddenParents({ dataSource: builder.dataSource, runner }, reference, keys) : []
    if (id !== undefined) throw parentDeleted(reference, id)
  }
}

/** The references to rows without which a row cannot be shown. */
export function parentReferences({ dataSource }: Pick<Search, 'dataSource'>, metadata: Target['metadata']) {
  return referencesOf(dataSource, metadata).filter(({ policy }) => policy !== 'keep')
}

/** The keys that rows hold by a reference. */
export function keysOf({ key }: Reference, rows: readonly RowData[]): readonly unknown[] {
  const keys = rows.map((row) => key.getEntityValue(row) as unknown)
  return keys.filter((value) => value !== null && value !== undefined)
}

function wavesOf(verb: Contributed<CompiledVerb>, { rows, ...target }: WrittenRows): readonly Wave[] {
  const waves = new Map<string, { readonly where: Predicate; readonly rows: RowData[] }>()
  for (const row of rows) {
    const where = conditionOf(verb, row)
    if (!where) continue
    const key = JSON.stringify(where)
    const wave = waves.get(key) ?? { where, rows: [] }
    waves.set(key, wave)
    wave.rows.push(row)
  }
  return [...waves.values()].map((wave) => ({ ...target, ...wave }))
}

function conditionOf(verb: Contributed<CompiledVerb>, row: RowData): Predicate | undefined {
  if (verb.follow) return verb.follow(row)
  const call = verb.undoes === undefined ? undefined : row[verb.undoes]
  return typeof call === 'string' ? eq(verb.undoes!, call) : undefined
}

/** The references by which rows come along: those of rows that have the same verb. */
function followedReferences(search: Search, { name, verb }: NamedVerb, { metadata }: Target): readonly Reference[] {
  return referencesTo(search.dataSource, metadata).filter(
    ({ policy, model }) => policy === 'cascade' && isSameVerb(model.verbs[name], verb),
  )
}

/** Whether two entities have a verb from the same trait. */
export function isSameVerb(
  theirs: Contributed<CompiledVerb> | undefined,
  ours: Contributed<CompiledVerb>,
): theirs is Contributed<CompiledVerb> {
  return theirs !== undefined && isSameApplication(theirs.contributor, ours.contributor)
}

/** Writes rows by their own verb of the same name. */
export async function writePart(call: Followed, { model, metadata, rows }: WrittenRows): Promise<void> {
  const verb = model.verbs[call.name]!
  const { context, cause } = call
  const event = { kind: call.name, ...(cause && { cause }) }
  const options = { kind: 'update', seen: 'visible', without: verb.without ?? [] } as const
  for (const chunk of chunks(rows, passesTogether(model) ? Math.max(1, rows.length) : longestList)) {
    const builders = chunks(chunk, longestList).map((part) =>
      rowsStatement(call.builder, { model, metadata }, part, options),
    )
    const builder = builders[0]!
    const run = () => markRuled(builder).execute() as Promise<UpdateResult>
    const rules = [verb, ...model.rules.update]
    const expected = chunk.length
    const all = builders.length > 1 && { builders }
    const write = {
      model,
      metadata,
      builder,
      ...all,
      rules,
      given: context.input,
      values: {},
      context,
      expected,
      event,
    }
    await update(write, run)
  }
}

function parentDeleted({ model, property, parent }: Reference, id: unknown): ConflictError {
  return new ConflictError(`The ${parent.name} that this ${model.name} belongs to is deleted, or hidden otherwise.`, {
    errorCode: 'PARENT_DELETED',
    details: { entity: parent.name, id, property },
    told: { details: { entity: parent.name, property } },
  })
}
