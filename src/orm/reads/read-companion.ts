import type { ObjectLiteral, Repository } from 'typeorm'
import type { ModelDataSource } from '../data-source.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import type { Bindings } from './binding.js'
import { type EntityForm, entityFormOf } from './entity-form.js'
import { hearsOfLoaded } from './needs-entities.js'
import { keptStatement, type ToWrite } from './read-template.js'
import { runRead } from './run-read.js'
import { Shape, type Slots } from './slot.js'

/** Values that a row of a table of a trait has, by its columns. */
type Sought = Readonly<Record<string, unknown>>

/** The first row of a table of a trait's own that has some values, or null: by a statement that is written once. */
export async function firstCompanion(
  companions: Repository<ObjectLiteral>,
  sought: Sought,
): Promise<ObjectLiteral | null> {
  const { metadata, manager, queryRunner } = companions
  const dataSource = manager.dataSource as ModelDataSource
  const form = entityFormOf(dataSource, metadata)
  const isPlain = Object.entries(sought).every(([name, value]) => {
    return metadata.findColumnWithPropertyName(name) !== undefined && typeof value === 'string'
  })
  if (!form || form.hasLoadListeners || hearsOfLoaded(dataSource) || !isPlain) return companions.findOneBy(sought)
  const shape = new Shape()
  shape.add('companion')
  shape.add(form.key)
  for (const [name, value] of Object.entries(sought)) {
    shape.add(name)
    shape.bind(value)
  }
  const statement = keptStatement(dataSource, shape, true, (slots) => written(companions, form, sought, slots))
  const mode = dataSource.defaultReplicationModeForReads()
  const raw = await runRead(dataSource, statement, queryRunner ?? manager.queryRunner, mode)
  return form.entities(raw, queryRunner)[0] ?? null
}

function written(
  companions: Repository<ObjectLiteral>,
  { layout }: EntityForm,
  sought: Sought,
  slots: Slots | undefined,
): ToWrite {
  const builder = companions.createQueryBuilder('companion') as ScopedSelectQueryBuilder<ObjectLiteral>
  const bindings: Bindings = new Map()
  for (const [index, [name, value]] of Object.entries(sought).entries()) {
    const parameter = `companion_${index}`
    builder.andWhere(`companion.${name} = :${parameter}`, { [parameter]: value })
    if (slots) bindings.set(parameter, { operand: slots.take() })
  }
  if (slots) builder.bindings = bindings
  layout.select(builder)
  builder.limit(1)
  return { builder, single: true }
}
