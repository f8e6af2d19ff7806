import type { EntityMetadata } from 'typeorm'
import type { RelationMetadata } from 'typeorm/metadata/RelationMetadata.js'
import type { Model } from '../../model/model.js'
import type { RelationLook } from '../../model/relation-look.js'
import type { Guarded } from './guard.js'
import { joinedPath, pathOfAlias } from './relation-path.js'
import { type RowSource, sharingFromBelow } from './row-source.js'
import { combined, plainSight, type Sight, viewed, without } from './sight.js'

/** How a statement looks at an entity: at the main one, by its metadata, or at a joined one, by its alias. */
interface EntityLook {
  readonly sight: Sight
  readonly metadata?: EntityMetadata
  readonly alias?: string
}

/** How a statement looks at what relations lead to from its main entity. */
interface PathLook {
  readonly metadata: EntityMetadata
  readonly path: string
  readonly look: RelationLook
}

type Models = (metadata: EntityMetadata) => Model | undefined

/** Everything a statement was told about how to look at its entities, in whatever order. */
export class Looks {
  readonly #models: Models
  readonly #entities: readonly EntityLook[]
  readonly #paths: readonly PathLook[]

  constructor(models: Models, entities: readonly EntityLook[] = [], paths: readonly PathLook[] = []) {
    this.#models = models
    this.#entities = entities
    this.#paths = paths
  }

  get any(): boolean {
    return this.#entities.length + this.#paths.length > 0
  }

  at(look: EntityLook): Looks {
    return new Looks(this.#models, [...this.#entities, look], this.#paths)
  }

  atPath(look: PathLook): Looks {
    return new Looks(this.#models, this.#entities, [...this.#paths, look])
  }

  /** What is left of them for a statement that loads a relation for the rows of this one. */
  behind(relation: RelationMetadata): Looks {
    const { inverseEntityMetadata: metadata, propertyPath } = relation
    const below = this.#paths
      .filter(({ path }) => path.startsWith(`${propertyPath}.`))
      .map(({ path, look }) => ({ metadata, look, path: path.slice(propertyPath.length + 1) }))
    const model = this.#models(metadata)
    const sight = model ? throughRelation(model, this.#lookOf(relation, '', relation.entityMetadata)) : plainSight
    return new Looks(this.#models, [{ sight, metadata }], below)
  }

  /** How the rows of a source are seen. */
  sightOf(model: Model, source: RowSource, { expressionMap }: Guarded): Sight {
    const isMain = source.name === undefined || source.name === expressionMap.mainAlias?.name
    const looks = this.#entities.filter(({ alias, metadata }) =>
      alias === undefined ? isMain && metadata && sharesRows(metadata, source.metadata) : alias === source.name,
    )
    const asked = looks.reduce((sum, { sight }) => combined(sum, sight), plainSight)
    return isMain ? asked : combined(asked, this.#sightOfJoin(model, source, expressionMap))
  }

  /** How rows behind a relation of a source are seen. */
  sightBehind(model: Model, relation: RelationMetadata, source: RowSource, builder: Guarded): Sight {
    return throughRelation(model, this.#lookFrom(relation, source, builder.expressionMap))
  }

  /** The relations of a source whose hidden rows hide those of the source too. */
  dropping(source: RowSource, builder: Guarded): readonly RelationMetadata[] {
    return source.metadata.relationsWithJoinColumns.filter(
      (relation) => this.#lookFrom(relation, source, builder.expressionMap)?.whenHidden === 'dropOwner',
    )
  }

  #sightOfJoin(model: Model, { name }: RowSource, expressions: Guarded['expressionMap']): Sight {
    const relation = expressions.joinAttributes.find(({ alias }) => alias.name === name)?.relation
    const path = relation && pathOfAlias(name, expressions)
    if (!relation || path === undefined) return plainSight
    const above = path.slice(0, Math.max(0, path.length - relation.propertyPath.length - 1))
    return throughRelation(model, this.#lookOf(relation, above, expressions.mainAlias?.metadata))
  }

  #lookFrom(relation: RelationMetadata, { name }: RowSource, expressions: Guarded['expressionMap']) {
    const main = expressions.mainAlias
    const path = pathOfAlias(name, expressions)
    return this.#lookOf(relation, path, main?.hasMetadata ? main.metadata : undefined)
  }

  /** What was asked of this query counts more than what is declared. */
  #lookOf(
    relation: RelationMetadata,
    above: string | undefined,
    main: EntityMetadata | undefined,
  ): RelationLook | undefined {
    const path = above === undefined ? undefined : joinedPath(above, relation.propertyPath)
    const asked = this.#paths.findLast((look) => look.path === path && main && sharesRows(look.metadata, main))
    return asked?.look ?? this.#models(relation.entityMetadata)?.relationLooks[relation.propertyPath]
  }
}

function throughRelation(model: Model, look: RelationLook | undefined): Sight {
  if (look?.view !== undefined) return viewed(model, look.view)
  return look?.whenHidden === 'show' ? without(model, []) : plainSight
}

/** Whether rows of one entity are rows of the other: the same, or one that shares its table from below. */
function sharesRows(seen: EntityMetadata, metadata: EntityMetadata): boolean {
  return seen === metadata || sharingFromBelow(seen).includes(metadata)
}
