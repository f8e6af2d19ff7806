import type { EntityMetadata } from 'typeorm'
import type { Model } from '../../model/model.js'
import { valueOf } from '../../model/operand.js'
import { type Predicate, relatedIn, variablesOf } from '../../model/predicate.js'

/** What is asked of rows of an entity, and about which others. */
interface Question {
  readonly metadata: EntityMetadata
  readonly predicates: readonly Predicate[]
  /** Entities of which only the scopes are asked. */
  readonly behind?: readonly EntityMetadata[]
}

type Models = (metadata: EntityMetadata) => Model | undefined

/**
 * The present values of the context that an answer depends on: those of the variables in all conditions, also of the
 * scopes of related rows, and the capabilities that lift scopes.
 */
export function contextOf(question: Question, models: Models): readonly unknown[] {
  const visited = new Set<EntityMetadata>()
  const values: unknown[] = []
  const ask = ({ metadata, predicates, behind = [] }: Question): void => {
    const scopes = Object.entries(models(metadata)?.scopes ?? {})
    values.push(...scopes.filter(([, { liftedBy }]) => liftedBy?.isHeld).map(([name]) => `lifted ${name}`))
    values.push(...predicates.flatMap(variablesOf).map(valueOf))
    for (const { relation, where } of predicates.flatMap(relatedIn)) {
      const related = metadata.findRelationWithPropertyPath(relation)?.inverseEntityMetadata
      if (related) askAbout(related, [where])
    }
    for (const other of behind) askAbout(other, [])
  }
  const askAbout = (metadata: EntityMetadata, more: readonly Predicate[]): void => {
    if (visited.has(metadata) && more.every((predicate) => relatedIn(predicate).length === 0)) return
    visited.add(metadata)
    const scopes = Object.values(models(metadata)?.scopes ?? {}).filter(({ liftedBy }) => !liftedBy?.isHeld)
    ask({ metadata, predicates: [...scopes.map(({ where }) => where), ...more] })
  }
  ask(question)
  return values
}
