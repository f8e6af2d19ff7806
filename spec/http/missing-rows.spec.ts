import { once } from 'node:events'
import { Agent, type IncomingMessage, request as send } from 'node:http'
import { expect } from 'chai'
import { anyone, createDataSource, type ModelDataSource, ModelViewSet, NotFoundError, Serializer } from 'plinth'
import { Allow, Resource } from 'plinth/decorators'
import { Get, Param } from 'routing-controllers'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { describeOnDrivers, type Service } from '../support/http.js'

@Entity()
class Coin {
  @PrimaryGeneratedColumn() id!: number
  @Column({ type: 'varchar', length: 20 }) name!: string
}

class CoinSerializer extends Serializer(Coin, { fields: ['id', 'name'] }) {}

@Resource('/coins')
class CoinViewSet extends ModelViewSet(Coin, { serializer: CoinSerializer, permissions: { '*': anyone } }) {
  @Get('/:id/native')
  @Allow(anyone)
  native(@Param('id') id: string): never {
    throw new NotFoundError(`There is no coin ${id}.`)
  }
}

describeOnDrivers('Rows that are not there', ({ serve }) => {
  let dataSource: ModelDataSource
  let service: Service

  before(async () => {
    const options = { type: 'sqlite', database: ':memory:', synchronize: true } as const
    dataSource = await createDataSource({ ...options, entities: [Coin] }).initialize()
    await dataSource.getRepository(Coin).insert({ name: 'the only one' })
    service = await serve({ viewSets: [CoinViewSet], dataSource })
  })
  after(async () => {
    await service?.close()
    await dataSource?.destroy()
  })

  it('are asked for 300 times on one connection, each time with the same answer', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    const answers = new Set<string>()
    const wrong = ['GET /coins/404', 'DELETE /coins/404', 'GET /coins/404/native'].map((line) => line.split(' '))
    for (let index = 0; index < 300; index += 1) {
      const [method = '', path = ''] = wrong[index % wrong.length]!
      const request = send({ port: service.port, agent, method, path, headers: { 'x-request-id': 'same' } }).end()
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      let text = ''
      for await (const chunk of response) text += String(chunk)
      ports.add(request.socket?.localPort)
      answers.add(`${method} ${path} ${String(response.statusCode)} ${text}`)
    }
    agent.destroy()
    expect([...answers].map((answer) => answer.split(' ').slice(0, 3).join(' '))).to.deep.equal([
      'GET /coins/404 404',
      'DELETE /coins/404 404',
      'GET /coins/404/native 404',
    ])
    expect(ports.size).to.equal(1)
    expect((await service.ask('GET', '/coins/1')).status).to.equal(200)
  })
})
