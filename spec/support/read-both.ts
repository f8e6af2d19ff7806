import { expect } from 'chai'
import { Mistakes } from '../../src/errors/definition-error.js'
import { readMembers, whyParts } from '../../src/http/reading/read-members.js'
import { type AnyClass, type ModelDataSource, Serializer } from '../../src/index.js'
import { primaryPathsOf } from '../../src/orm/lists/column-path.js'
import { ListQuery } from '../../src/orm/lists/list-query.js'
import { readTexts } from '../../src/orm/reads/read-list.js'
import { RowForm } from '../../src/orm/reads/row-form.js'
import { loadRelated, type RelatedQuery } from '../../src/orm/relations/load-related.js'
import { compileSerializer } from '../../src/serializer/compile-serializer.js'
import type { AnySerializerLike } from '../../src/serializer/serializer-spec.js'

/** A serializer that shows properties, and relations by their names. */
export function shows(entity: AnyClass, names: readonly string[], nested: object = {}): AnySerializerLike {
  const fields = [...names, ...Object.keys(nested)]
  return Serializer(entity as never, { fields, readOnly: fields, nested } as never) as AnySerializerLike
}

/** Some of the rows of a serializer by their keys, once with entities and several times without: all read the same. */
export async function readBoth(
  dataSource: ModelDataSource,
  given: AnySerializerLike,
  slice = { limit: 100, offset: 0 },
  times = 3,
): Promise<readonly unknown[]> {
  const mistakes = new Mistakes()
  const serializer = compileSerializer(given, dataSource.describe(given.entity), mistakes)
  mistakes.throwIfAny()
  const entity = given.entity as never
  const selection = dataSource.getRepository(entity).select()
  const keys = primaryPathsOf(dataSource, entity).map((path) => ({ path, direction: 'ASC' as const }))
  const options = { conditions: [], keys }
  const related = (owners: readonly object[], query: RelatedQuery) =>
    loadRelated(dataSource, owners, { ...query, asDeclared: true })
  const { rows } = await new ListQuery(selection, options).read(slice, false)
  const entities = await serializer.represent(rows, { call: {}, related })
  const { parts } = (await serializer.shownTo({ call: {} }))!
  expect(whyParts(dataSource, entity, parts)).to.equal(undefined)
  const form = new RowForm(dataSource, entity, readMembers(parts), [])
  for (let read = 0; read < times; read++) {
    const texts = await readTexts(form, { selection, options, slice }, false, {})
    expect(texts.rows).to.deep.equal(entities)
  }
  return entities.map((text) => JSON.parse(text) as unknown)
}
