import { expect } from 'chai'
import { anyone, createDataSource, extendSerializer, type ModelDataSource, ModelViewSet, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { engines } from '../../support/engines.js'
import { applicationOf } from '../../support/http.js'

@Entity('named_lamps')
class Lamp {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) name!: string
  @Column({ type: 'int' }) watts!: number
}

@Entity('named_shades')
class Shade {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 40 }) color!: string
}

const openapi = { title: 'Lamps', version: '1.0.0' }
const permissions = { '*': anyone } as const
const only = ['list', 'create'] as const

@Resource('/lamps')
class Lamps extends ModelViewSet(Lamp, {
  serializer: Serializer(Lamp, { fields: ['id', 'name'] }),
  only,
  permissions,
}) {}

@Resource('/shades')
class Shades extends ModelViewSet(Shade, {
  serializer: extendSerializer(Serializer(Shade, { fields: ['id'] }), { fields: ['color'] }),
  only,
  permissions,
}) {}

@Resource('/bright-lamps')
class BrightLamps extends ModelViewSet(Lamp, {
  serializer: Serializer(Lamp, { fields: ['id', 'name', 'watts'] }),
  only,
  permissions,
}) {}

describe('The names of schemas in an OpenAPI document', () => {
  let dataSource: ModelDataSource

  before(async () => {
    const { options } = await engines[0]!.create()
    dataSource = await createDataSource({ ...options, entities: [Lamp, Shade] }).initialize()
  })
  after(() => dataSource?.destroy())

  it('are those of entities where serializers have no class of their own, each another', () => {
    const { components } = applicationOf({ viewSets: [Lamps, Shades, BrightLamps], dataSource, openapi }).openapi()
    const names = Object.keys(components?.schemas ?? {}).filter((name) => /^(?:made|Lamp|Shade)/i.test(name))
    expect(names).to.deep.equal([
      'Lamp',
      'Lamp2',
      'Lamp2Create',
      'Lamp2Patch',
      'Lamp2Sparse',
      'LampCreate',
      'LampPatch',
      'LampSparse',
      'Shade',
      'ShadeCreate',
      'ShadePatch',
      'ShadeSparse',
    ])
  })
})
