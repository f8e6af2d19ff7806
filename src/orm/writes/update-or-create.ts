import type { DeepPartial, FindOptionsWhere, ObjectLiteral } from 'typeorm'
import { DefinitionError } from '../../errors/definition-error.js'
import { ConflictError, ValidationError } from '../../errors/exceptions.js'
import { pointerTo } from '../../errors/json-pointer.js'
import { UsageError } from '../../errors/usage-error.js'
import { not, propertiesOf } from '../../model/predicate.js'
import type { Id } from '../../model/verb.js'
import { errorKindOf } from '../errors/error-kind.js'
import type { ScopedRepository } from '../model-repository.js'
import { type UniqueAmong, uniqueAmong } from '../schema/unique-identity.js'
import { asking } from '../scopes/sight.js'
import { backOff } from '../unit-of-work/retry.js'
import { levelOf } from '../unit-of-work/runner-state.js'
import { lockedForChange } from './locked-for-change.js'
import { ofLockedRow } from './of-locked-row.js'

/** What became of the row. */
export interface Written<E> {
  readonly row: E
  readonly outcome: 'created' | 'updated' | 'revived'
}

/** What a row is known by, and the verb that brings hidden ones back. */
export interface Identity {
  readonly by: readonly string[]
  readonly revive?: string
}

interface Call<E extends ObjectLiteral> extends Identity {
  readonly repository: ScopedRepository<E>
  readonly values: DeepPartial<E>
  readonly where: FindOptionsWhere<E>
  readonly among: UniqueAmong
}

/** How often a row is looked for again after somebody else was faster. */
const mostAttempts = 12

/**
 * Updates the row that has the same identity, or creates one, by the rules of the entity. It looks for the row and locks
 * it; where it creates one and another was created meanwhile, the database refuses it, and that one is updated.
 */
export async function updateOrCreate<E extends ObjectLiteral>(
  repository: ScopedRepository<E>,
  values: DeepPartial<E>,
  identity: Identity,
): Promise<Written<E>> {
  const call: Call<E> = {
    ...identity,
    repository,
    values,
    where: identityOf(repository, values, identity.by),
    among: assertUnique(repository, identity.by),
  }
  assertKnown(call)
  const { dataSource, queryRunner } = repository.manager
  const once = () => write(call)
  for (let attempt = 0; ; attempt++) {
    try {
      // A lost race undoes all of it, so that no lock of it stands in the way of the others.
      return await (queryRunner
        ? dataSource.atomicIn(levelOf(queryRunner), once)
        : dataSource.atomic(once, dataSource.isInUnit ? {} : { retries: mostAttempts }))
    } catch (error) {
      if (attempt >= mostAttempts || errorKindOf(error) !== 'duplicate') throw error
      await backOff(attempt)
    }
  }
}

async function write<E extends ObjectLiteral>(call: Call<E>): Promise<Written<E>> {
  const { repository, values } = call
  const found = await find(repository, call)
  if (found) return { row: await change(call, found), outcome: 'updated' }
  const hidden = call.revive !== undefined || call.among === 'always' ? await hiddenMatch(call) : undefined
  if (hidden) return { row: await bringBack(call, hidden), outcome: 'revived' }
  const row = repository.create(values)
  await repository.insert(row)
  return { row, outcome: 'created' }
}

/** The row with the identity that a repository shows, locked until the transaction ends. */
function find<E extends ObjectLiteral>(
  repository: ScopedRepository<E>,
  { where }: Pick<Call<E>, 'where'>,
  look: (builder: Builder<E>) => Builder<E> = (builder) => builder,
): Promise<E | null> {
  const builder = repository.createQueryBuilder('found').setFindOptions({ where, loadEagerRelations: false })
  return lockedForChange(look(builder)).getOne()
}

type Builder<E extends ObjectLiteral> = ReturnType<ScopedRepository<E>['createQueryBuilder']>

/** The hidden row with the identity; of several the one that was hidden last. */
async function hiddenMatch<E extends ObjectLiteral>(call: Call<E>): Promise<E | undefined> {
  const { repository, revive } = call
  const { model, metadata } = repository
  const lifted = revive === undefined ? [] : (model.verbs[revive]?.without ?? [])
  const seen = call.among === 'always' || lifted.length === 0 ? repository.unscoped() : repository.unscoped(...lifted)
  // What the scopes decide by, e.g. the instant of a deletion, tells what was hidden last.
  const decisive = lifted.flatMap((name) => propertiesOf(model.scopes[name]!.where))
  const keys = metadata.primaryColumns.map(({ propertyPath }) => propertyPath)
  const found = await find(seen, call, (builder) => {
    builder.seeing(asking(not(model.visible))).orderBy()
    for (const property of new Set([...decisive, ...keys])) builder.addOrderBy(`found.${property}`, 'DESC')
    return builder.limit(1)
  })
  return found ?? undefined
}

async function bringBack<E extends ObjectLiteral>(call: Call<E>, hidden: E): Promise<E> {
  const { repository, revive, by } = call
  const { manager, model, metadata } = repository
  if (revive === undefined) {
    throw new ConflictError(`A hidden ${model.name} has this ${by.join(', ')} already.`, {
      errorCode: 'DUPLICATE',
      names: by,
      errors: by.map((name) => ({ pointer: pointerTo(name), code: 'unique', message: 'is in use' })),
    })
  }
  const id = metadata.primaryColumns[0]?.getEntityValue(hidden) as Id
  await manager.dataSource.verbRunner.run({ manager, model, verb: revive, ids: [id], input: {} })
  const shown = await find(repository, call)
  if (!shown) throw new UsageError('E_REVIVAL', `${model.name}: the verb "${revive}" does not bring a row back.`)
  return change(call, shown)
}

/** Gives a row the values, but for what it is known by, and its primary key, which is for rows that are created. */
function change<E extends ObjectLiteral>({ repository, values, by }: Call<E>, row: E): Promise<E> {
  const keys = repository.metadata.primaryColumns.map(({ propertyName }) => propertyName)
  const kept = new Set([...by, ...keys])
  const changes = Object.fromEntries(Object.entries(values).filter(([name]) => !kept.has(name)))
  return repository.save(repository.merge(row, changes as DeepPartial<E>), ofLockedRow)
}

/** @throws {ValidationError} `IDENTITY_MISSING` */
function identityOf<E extends ObjectLiteral>(
  { model }: ScopedRepository<E>,
  values: DeepPartial<E>,
  by: readonly string[],
): FindOptionsWhere<E> {
  const given = values as Readonly<Record<string, unknown>>
  const missing = by.filter((name) => given[name] === undefined || given[name] === null)
  if (by.length > 0 && missing.length === 0) {
    return Object.fromEntries(by.map((name) => [name, given[name]])) as FindOptionsWhere<E>
  }
  throw new ValidationError(`A ${model.name} is known by ${by.join(', ') || 'nothing'}, and that is not given.`, {
    errorCode: 'IDENTITY_MISSING',
    names: by,
    errors: missing.map((name) => ({ pointer: pointerTo(name), code: 'required', message: 'is required' })),
  })
}

/** @throws {DefinitionError} `E_IDENTITY` where the database does not keep the properties unique. */
function assertUnique<E extends ObjectLiteral>(
  { metadata, model, manager }: ScopedRepository<E>,
  by: readonly string[],
): UniqueAmong {
  const among = uniqueAmong(metadata, model, by, manager.dataSource.dialect)
  if (among) return among
  throw identityError(
    model.name,
    `rows are to be known by ${by.join(', ')}, which no unique index covers, so two of them could be created at once.`,
    'Declare them unique, e.g. by @Unique, or name properties that are.',
  )
}

/** What can be written along with a row is in its own table, and a verb to bring it back needs no more than its id. */
function assertKnown<E extends ObjectLiteral>({ repository: { metadata, model }, values, revive }: Call<E>): void {
  const lists = metadata.relations.filter(({ isOneToMany, isManyToMany, isOneToOneNotOwner, propertyName }) => {
    return (isOneToMany || isManyToMany || isOneToOneNotOwner) && propertyName in values
  })
  if (lists.length > 0) {
    const names = lists.map(({ propertyName }) => propertyName).join(', ')
    throw identityError(model.name, `${names} is not in its own table.`, 'Save it once the row is written.')
  }
  if (revive === undefined || Object.hasOwn(model.verbs, revive)) return
  const verbs = Object.keys(model.verbs).join(', ') || 'none'
  throw identityError(model.name, `"${revive}" is to bring rows back, but is no verb.`, `Verbs are: ${verbs}.`)
}

function identityError(subject: string, problem: string, remedy: string): DefinitionError {
  return new DefinitionError([{ code: 'E_IDENTITY', subject, problem, places: [], remedy }])
}
