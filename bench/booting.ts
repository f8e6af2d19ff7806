import 'reflect-metadata'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { anyone, ModelViewSet, Reply, Serializer, silentLogger } from 'plinth'
import { createApp } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { Body, Delete, Get, JsonController, Param, Patch, Post, Put, useExpressServer } from 'routing-controllers'
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { median } from './statistics.js'

/** What it costs to start with a number of viewsets, and what one request costs then. */
export interface Booted {
  /** Processor time in milliseconds from the first class to the first request. */
  readonly boot: number
  /** Processor time in microseconds. */
  readonly request: number
}

const answer = { id: '7', title: 'the same everywhere' }

function entity(number: number) {
  @Entity(`things_${number}`)
  class Thing {
    @PrimaryGeneratedColumn() id!: number
    @Column({ type: 'varchar', length: 50 }) name!: string
    @Column({ type: 'int' }) size!: number
  }
  return Thing
}

type Start = (count: number) => Promise<Parameters<typeof createServer>[1]>

const starts: Readonly<Record<string, Start>> = {
  async plinth(count) {
    const entities = Array.from({ length: count }, (_, number) => entity(number))
    const viewSets = entities.map((Thing, number) => {
      class ThingSerializer extends Serializer(Thing, { fields: ['id', 'name', 'size'] }) {}
      @Resource(`/things${number}`)
      class ThingViewSet extends ModelViewSet(Thing, { serializer: ThingSerializer, permissions: { '*': anyone } }) {
        @Action({ method: 'get', on: 'collection', path: 'one', allow: anyone })
        one(): Reply {
          return Reply.json(answer)
        }
      }
      return ThingViewSet
    })
    const dataSource = { type: 'sqlite', database: ':memory:' } as const
    return (await createApp({ entities, viewSets, dataSource, logger: silentLogger })).handler
  },

  async alone(count) {
    const entities = Array.from({ length: count }, (_, number) => entity(number))
    const { default: driver } = await import('libsql')
    const dataSource = await new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      driver,
      entities,
    }).initialize()
    const controllers = entities.map((Thing, number) => {
      const rows = dataSource.getRepository(Thing)
      @JsonController(`/things${number}`)
      class ThingController {
        @Get('/one') one() {
          return answer
        }
        @Get('/') list() {
          return rows.find()
        }
        @Get('/:id') find(@Param('id') id: number) {
          return rows.findOneBy({ id })
        }
        @Post('/') create(@Body() body: object) {
          return rows.save(body)
        }
        @Put('/:id') replace(@Param('id') id: number, @Body() body: object) {
          return rows.save({ ...body, id })
        }
        @Patch('/:id') change(@Param('id') id: number, @Body() body: object) {
          return rows.save({ ...body, id })
        }
        @Delete('/:id') remove(@Param('id') id: number) {
          return rows.delete(id)
        }
      }
      return ThingController
    })
    const { default: express } = await import('express')
    return useExpressServer(express(), { controllers }) as Parameters<typeof createServer>[1]
  },
}

const file = fileURLToPath(import.meta.url)

/** Starts an application of some viewsets in processes of their own, `plinth` or TypeORM and routing-controllers `alone`. */
export async function booted(kind: 'plinth' | 'alone', count: number, runs: number): Promise<Booted> {
  const all: Booted[] = []
  for (let run = 0; run < runs; run += 1) {
    const child = fork(file, [kind, String(count)])
    const [{ port, boot }] = (await once(child, 'message')) as [{ readonly port: number; readonly boot: number }]
    const used = async (): Promise<number> => {
      child.send('spent')
      return ((await once(child, 'message')) as [number])[0]
    }
    // Routes are tried in the order in which they were declared, so the one in the middle is asked.
    const path = `/things${Math.floor(count / 2)}/one`
    await asked(port, path, 2000)
    const before = await used()
    await asked(port, path, 1500)
    all.push({ boot, request: ((await used()) - before) / 1500 })
    child.kill()
  }
  return { boot: median(all.map(({ boot }) => boot)), request: median(all.map((one) => one.request)) }
}

async function asked(port: number, path: string, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const [response] = (await once(request({ agent, port, path }).end(), 'response')) as [NodeJS.ReadableStream]
      await once(response.resume(), 'end')
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  agent.destroy()
}

function spent(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function serve(kind: string, count: number): Promise<void> {
  const start = spent()
  const listener = await starts[kind]!(count)
  const boot = (spent() - start) / 1000
  process.on('message', () => process.send!(spent()))
  const server = createServer(listener)
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port, boot }))
}

if (process.send && process.argv[1] === file) await serve(process.argv[2]!, Number(process.argv[3]))
