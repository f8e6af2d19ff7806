import { expect } from 'chai'
import { IsOptional, IsString } from 'class-validator'
import {
  anyone,
  type Call,
  createDataSource,
  type ModelDataSource,
  ModelViewSet,
  Reply,
  Serializer,
  silentLogger,
  ValidationError,
} from 'plinth'
import { Container } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { fuzzRoutes } from 'plinth/testing'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { asAppException } from '../../src/orm/errors/as-app-exception.js'
import { engines } from '../support/engines.js'
import { applicationOf } from '../support/http.js'

@Entity('fuzzed_warehouses')
class Warehouse {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20, unique: true }) code!: string
}

@Entity('fuzzed_bins')
class Bin {
  @PrimaryColumn({ type: 'int' }) warehouseId!: number
  @PrimaryColumn({ type: 'int' }) shelf!: number
  @Column({ length: 20 }) label!: string
  @ManyToOne(() => Warehouse, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'warehouseId' })
  warehouse!: Relation<Warehouse>
}

class WarehouseSerializer extends Serializer(Warehouse, { fields: ['id', 'code'] }) {}
class BinSerializer extends Serializer(Bin, { fields: ['shelf', 'label'], createOnly: ['shelf'] }) {}

class LabelQuery {
  @IsOptional() @IsString() like?: string
  @IsOptional() @IsString() near?: string
}

@Resource('/warehouses')
class Warehouses extends ModelViewSet(Warehouse, { serializer: WarehouseSerializer, permissions: { '*': anyone } }) {
  @Action({ method: 'get', on: 'collection', allow: anyone, query: LabelQuery, answers: { type: 'integer' } })
  labels({ query }: Call<undefined, LabelQuery>): Reply {
    if (query.near !== undefined) throw new ValidationError('Nobody knows what is near.')
    return Reply.json(1)
  }
}

@Resource('/warehouses/:warehouse/bins')
class Bins extends ModelViewSet(Bin, {
  serializer: BinSerializer,
  parent: { relation: 'warehouse', by: 'code' },
  lookup: 'shelf',
  permissions: { '*': anyone },
}) {}

describe('Fuzzing routes of rows under others', () => {
  let dataSource: ModelDataSource

  before(async () => {
    const { options } = await engines[0]!.create()
    const entities = [Warehouse, Bin]
    dataSource = await createDataSource({ ...options, entities, synchronize: true }).initialize()
  })
  after(() => dataSource?.destroy())

  async function prepare(): Promise<void> {
    await dataSource.query('DELETE FROM fuzzed_bins')
    await dataSource.query('DELETE FROM fuzzed_warehouses')
    for (const number of [1, 2, 3, 4, 5, 6]) {
      const { id } = await dataSource.getRepository(Warehouse).save({ code: `w-${number}` })
      const shelves = [1, 2].map((shelf) => ({ warehouseId: id, shelf: 100 * number + shelf, label: 'a bin' }))
      await dataSource.getRepository(Bin).insert(shelves)
    }
  }

  it('pairs a row with those that belong to it, and tells of parameters that were always refused', async () => {
    const application = applicationOf({
      viewSets: [Warehouses, Bins],
      dataSource,
      translate: (error) => asAppException(error, dataSource),
      instances: new Container({ context: { dataSource, logger: silentLogger } }),
    })
    const report = await fuzzRoutes(application, { dataSource, runs: 150, seed: 7, prepare })
    const succeeded = (operation: string): number => report.answers[operation]?.[200] ?? 0
    const found = Object.keys(report.answers).filter((name) => /bins_(?:retrieve|update|partialUpdate)$/.test(name))
    expect(found).to.have.length(3)
    for (const name of found) expect(succeeded(name), name).to.be.greaterThan(20)
    expect(report.neverSucceeded).to.deep.equal([])
    expect(report.neverSucceededWith.filter((name) => name.includes('labels'))).to.deep.equal([
      'warehouses_labels near',
    ])
  })
})
