import type { RowData } from '../../model/matches.js'
import { all, not } from '../../model/predicate.js'
import { keysOf as primaryKeysOf } from '../events/announcement.js'
import { noteRows } from '../writes/call-rows.js'
import { rowKeyText } from '../writes/stored-rows.js'
import type { Target } from '../writes/write.js'
import {
  assertParentsShown,
  type Followed,
  followersOf,
  isSameVerb,
  keysOf,
  type NamedVerb,
  parentReferences,
  type WrittenRows,
  writePart,
} from './follow.js'
import { hiddenParents } from './hidden-parents.js'
import { lockReturning } from './lock-related.js'
import { upward } from './references.js'
import { relatedRows, type Search, scopesOf } from './related-rows.js'
import { relink } from './relink.js'

/** The rows that a verb is called for. */
export interface Returning extends Target {
  /** Reads them. */
  readonly read: (locked: boolean) => Promise<readonly RowData[]>
  /** Writes them, and says how many there were. */
  readonly write: () => Promise<number>
}

/** What came back. */
export interface Returned {
  readonly affected: number
  /** The rows that came along. */
  readonly along: readonly WrittenRows[]
  readonly relinked: Readonly<Record<string, number>>
}

/**
 * Writes rows that come back, and those that come along with them, all of which must belong to rows that are shown then.
 * Rows are locked from above to below, as deletes do it.
 * @throws {ConflictError} `PARENT_DELETED`
 */
export async function bringBack(asking: Followed, { read, write, ...target }: Returning): Promise<Returned> {
  const { builder, runner, verb, name, context } = asking
  const search = { dataSource: builder.dataSource, runner, locked: true }
  const asked = { ...target, rows: await read(false) }
  const ids = primaryKeysOf(target.metadata, asked.rows)
  const call = { ...asking, cause: { kind: name, entity: target.model.entity, ids } }
  const above = verb.ancestors?.(context) ? await hiddenAncestors({ ...search, locked: false }, call, asked) : []
  await lockReturning(call, asked, above)
  const ancestors = above.length > 0 ? await bringBackAncestors(call, asked) : []
  // Rules that write what rows belong to do so first, and lock it for that.
  const leads = target.model.rules.written.some((rule) => rule.before !== undefined)
  if (ancestors.length === 0 && !leads) await lockParents(call, asked)
  const written = { ...target, rows: await read(true) }
  const followers = await followersOf(search, call, written)
  for (const part of [written, ...ancestors, ...followers]) noteRows(context, part.metadata, part.rows)
  const affected = await write()
  for (const part of followers) await writePart(call, part)
  const along = [...ancestors, ...followers]
  const relinked: Record<string, number> = {}
  for (const part of [written, ...along]) await assertParentsShown(call, part)
  for (const part of [...ancestors, written, ...followers]) await relink(call, part, relinked)
  return { affected, along, relinked }
}

/** What rows belong to and is hidden, as far as it has the same verb, from the rows upwards. */
export async function hiddenAncestors(
  search: Search,
  call: NamedVerb,
  written: WrittenRows,
): Promise<readonly WrittenRows[]> {
  const seen = new Set(written.rows.map((row) => rowKeyText(written.metadata, row)))
  const found: WrittenRows[] = []
  let waves: readonly WrittenRows[] = [written]
  while (waves.length > 0) {
    const next: WrittenRows[] = []
    for (const wave of waves) {
      for (const part of await hiddenAbove(search, call, wave)) {
        const rows = part.rows.filter((row) => !seen.has(rowKeyText(part.metadata, row)))
        for (const row of rows) seen.add(rowKeyText(part.metadata, row))
        if (rows.length > 0) next.push({ ...part, rows })
      }
    }
    found.push(...next)
    waves = next
  }
  return found
}

async function hiddenAbove(search: Search, { name, verb }: NamedVerb, part: WrittenRows) {
  const found: WrittenRows[] = []
  for (const reference of parentReferences(search, part.metadata)) {
    const above = upward(search.dataSource, reference)
    if (!above || !isSameVerb(above.model.verbs[name], verb)) continue
    const hidden = not(all(...scopesOf(above.model, 'visible')))
    const rows = await relatedRows(search, above, part.rows, 'everything', [hidden])
    if (rows.length > 0) found.push({ model: above.model, metadata: above.metadata, rows })
  }
  return found
}

/** Brings back what rows belong to, the highest first; others may have done so since they were looked for. */
async function bringBackAncestors(call: Followed, asked: WrittenRows): Promise<readonly WrittenRows[]> {
  const search = { dataSource: call.builder.dataSource, runner: call.runner, locked: false }
  const parts = (await hiddenAncestors(search, call, asked)).toReversed()
  const back: WrittenRows[] = []
  for (const part of parts) {
    const rows = await stillHidden({ ...search, locked: true }, part)
    if (rows.length === 0) continue
    await writePart(call, { ...part, rows })
    back.push({ ...part, rows })
  }
  return back
}

function stillHidden(search: Search, part: WrittenRows): Promise<readonly RowData[]> {
  const { metadata, model } = part
  const [key] = metadata.primaryColumns
  // Rows are referred to by one column, so a reference from their own key finds them again.
  const self = { property: '', policy: 'keep', place: '', model, metadata, parent: metadata } as const
  const hidden = not(all(...scopesOf(model, 'visible')))
  return relatedRows(search, { ...self, key: key!, referenced: key! }, part.rows, 'everything', [hidden])
}

async function lockParents({ builder, runner }: Followed, part: WrittenRows): Promise<void> {
  const { dataSource } = builder
  const own = new Set(part.rows.map((row) => rowKeyText(part.metadata, row)))
  for (const reference of parentReferences({ dataSource }, part.metadata)) {
    const keys = keysOf(reference, part.rows).filter((key) => {
      const row: RowData = { [reference.referenced.propertyName]: key }
      return !own.has(rowKeyText(reference.parent, row))
    })
    if (keys.length > 0) await hiddenParents({ dataSource, runner }, reference, keys)
  }
}
