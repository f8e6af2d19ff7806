import { ConflictError, NotFoundError } from '../../errors/exceptions.js'
import type { AnyClass } from '../../metadata/fact-kind.js'
import { all, matching, not } from '../../model/predicate.js'
import type { Id } from '../../model/verb.js'
import type { ModelDataSource } from '../data-source.js'
import type { EntityRow } from '../entity-row.js'
import type { ScopedRepository } from '../model-repository.js'
import { soleKey } from '../sole-key.js'
import { hiddenAncestors } from './bring-back.js'
import { type Clash, clashesOf } from './clashes.js'
import { followersOf, type NamedVerb, type WrittenRows } from './follow.js'
import { linksOf } from './journal.js'
import { referencesTo } from './references.js'
import { rowsWhere, type Search, scopesOf } from './related-rows.js'

type Counts = Readonly<Record<string, number>>

/** A hidden row that others belong to. */
export interface HiddenParent {
  readonly entity: string
  readonly id: unknown
}

/** What a restore would do, by the names of entities. */
export interface RestorePreview {
  /** Rows that would come back. */
  readonly restored: Counts
  /** Rows that would get back a link, unless they have another by now. */
  readonly relinked: Counts
  /** Hidden rows that the row belongs to: they keep it from coming back, unless they come along. */
  readonly hiddenParents: readonly HiddenParent[]
  /** Visible rows that have what must be unique. */
  readonly clashes: readonly Clash[]
}

/**
 * Says what the verb that undoes deletes, such as `restore(id)`, would do to a row and to all that was deleted with it,
 * without writing or locking anything. What rules would say of each row is not asked.
 * @throws {NotFoundError} where there is no such row, or nothing brings rows of the entity back.
 * @throws {ConflictError} `NOT_DELETED` where the row is not hidden.
 */
export async function explainRestore<E extends EntityRow>(
  dataSource: ModelDataSource,
  entity: AnyClass<E>,
  id: Id,
): Promise<RestorePreview> {
  const { metadata, model } = dataSource.getRepository(entity) as unknown as ScopedRepository<E>
  const [name, verb] = Object.entries(model.verbs).find(([, { undoes }]) => undoes !== undefined) ?? []
  const key = soleKey(metadata, id)
  if (!name || !verb || key === undefined) throw new NotFoundError(`There is no such ${model.name}.`)
  const runner = dataSource.createQueryRunner()
  try {
    const search: Search = { dataSource, runner, locked: false }
    const own = matching({ [metadata.primaryColumns[0]!.propertyPath]: key })
    const rows = await rowsWhere(search, { model, metadata }, own)
    if (rows.length === 0) throw new NotFoundError(`There is no such ${model.name}.`)
    const hidden = await rowsWhere(search, { model, metadata }, all(own, not(all(...scopesOf(model, 'visible')))))
    if (hidden.length === 0) throw new ConflictError('The row is not deleted.', { errorCode: 'NOT_DELETED' })
    return await preview(search, { name, verb }, { model, metadata, rows })
  } finally {
    await runner.release()
  }
}

async function preview(search: Search, verb: NamedVerb, root: WrittenRows): Promise<RestorePreview> {
  const parts = [root, ...(await followersOf(search, verb, root))]
  const above = await hiddenAncestors(search, verb, root)
  const clashes: Clash[] = []
  const relinked: Record<string, number> = {}
  for (const part of parts) {
    clashes.push(...(await clashesOf(search, part)))
    for (const reference of referencesTo(search.dataSource, part.metadata)) {
      const links = reference.policy === 'detach' ? await linksOf(search, verb.verb.undoes!, reference, part.rows) : 0
      if (links > 0) relinked[reference.model.name] = (relinked[reference.model.name] ?? 0) + links
    }
  }
  const restored: Record<string, number> = {}
  for (const { model, rows } of parts) restored[model.name] = (restored[model.name] ?? 0) + rows.length
  const hiddenParents = above.flatMap(({ model, metadata, rows }) =>
    rows.map((row) => ({ entity: model.name, id: metadata.primaryColumns[0]?.getEntityValue(row) as unknown })),
  )
  return Object.freeze({ restored, relinked, hiddenParents, clashes })
}
