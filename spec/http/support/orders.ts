import { IsInt } from 'class-validator'
import {
  AppException,
  anyone,
  type Call,
  createDataSource,
  idempotencyKeys,
  type ModelDataSource,
  ModelViewSet,
  Reply,
  Serializer,
  ServiceUnavailableError,
} from 'plinth'
import { Action, Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import type { Database, Engine } from '../../support/engines.js'

/** The amount that cannot be charged for now: one that nobody asks for by chance. */
export const unpayable = 1_300_013

@Entity()
export class Order {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 60, unique: true }) name!: string
}

export class OrderSerializer extends Serializer(Order, { fields: ['id', 'name'] }) {}

class ChargeRefused extends AppException {
  static override readonly statusCode = 422
  static override readonly errorCode = 'CHARGE_REFUSED'
}

class Amount {
  @IsInt() amount!: number
}

/** What happens while an order is made. */
export const during: { create: (call: Call) => Promise<void>; charges: number } = { create: async () => {}, charges: 0 }

@Resource('/orders')
export class OrderViewSet extends ModelViewSet(Order, {
  serializer: OrderSerializer,
  permissions: { '*': anyone },
  idempotency: 'optional',
}) {
  override async performCreate(call: Call<(typeof OrderSerializer)['$create']>) {
    const made = await super.performCreate(call)
    await during.create(call)
    return made
  }

  @Action({
    method: 'post',
    on: 'collection',
    body: Amount,
    allow: anyone,
    idempotency: 'required',
    problems: { CHARGE_REFUSED: 422 },
  })
  charge({ body }: Call<Amount>): Reply {
    during.charges++
    if (body.amount === unpayable) throw new ServiceUnavailableError('Not now.')
    if (body.amount === 14) throw new ChargeRefused('No.')
    return new Reply(201, Buffer.from([0, 255, body.amount]), { 'content-type': 'application/x', 'set-cookie': 'a=b' })
  }

  @Action({ method: 'post', on: 'collection', allow: anyone, idempotency: 'off' })
  free(): Reply {
    during.charges++
    return Reply.empty()
  }
}

/** The options of a data source with orders. */
export function ordersOver(options: Database['options']): ModelDataSource {
  return createDataSource({ ...options, entities: [Order], tables: [idempotencyKeys] })
}

/** A database with orders on an engine. */
export async function createOrders(engine: Engine): Promise<{ dataSource: ModelDataSource; database: Database }> {
  const database = await engine.create()
  const dataSource = ordersOver(database.options)
  await dataSource.initialize()
  await dataSource.synchronize()
  return { dataSource, database }
}
