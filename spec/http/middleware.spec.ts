import { once } from 'node:events'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { expect } from 'chai'
import compression from 'compression'
import cors from 'cors'
import express from 'express'
import helmet from 'helmet'
import { anyone, Express5Driver, type Middleware, NodeDriver, Reply, ViewSet } from 'plinth'
import { Action, Allow, Resource } from 'plinth/decorators'
import { Get } from 'routing-controllers'
import { applicationOf, describeOnDrivers, listen, type Service } from '../support/http.js'

const long = 'x'.repeat(5000)

@Resource('/texts')
class TextViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: 'own', allow: anyone })
  own(): Reply {
    return Reply.json(long)
  }

  @Get('/native')
  @Allow(anyone)
  native(): string {
    return long
  }
}

const failing: Middleware = (request, _response, next) => {
  const { url } = request
  if (url === '/throw') throw new Error('canary')
  if (url === '/reject') return Promise.reject(new Error('canary'))
  if (url === '/next') next(new Error('canary'))
  else if (url === '/teapot') next(Object.assign(new Error('canary'), { status: 418 }))
  else next()
  return undefined
}

describeOnDrivers('Middlewares of an application', ({ serve }) => {
  let service: Service

  before(async () => {
    service = await serve({
      viewSets: [TextViewSet],
      middleware: [helmet(), cors({ origin: 'http://shop.test' }), compression() as unknown as Middleware, failing],
    })
  })
  after(() => service.close())

  for (const path of ['/texts/own', '/texts/native']) {
    it(`see ${path}: helmet, cors and compression work`, async () => {
      const request = send({
        port: service.port,
        path,
        headers: { 'accept-encoding': 'gzip', origin: 'http://shop.test' },
      })
      request.end()
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      expect(gunzipSync(Buffer.concat(chunks)).toString()).to.equal(JSON.stringify(long))
      expect(response.headers).to.include({
        'content-encoding': 'gzip',
        'x-content-type-options': 'nosniff',
        'access-control-allow-origin': 'http://shop.test',
        'content-type': 'application/json; charset=utf-8',
      })
      expect(response.headers).to.not.have.property('content-length')
    })
  }

  it('answer a preflight', async () => {
    const answer = await service.ask('OPTIONS', '/texts/own', {
      headers: { origin: 'http://shop.test', 'access-control-request-method': 'GET' },
    })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).to.deep.equal([204, 'http://shop.test'])
  })

  it('see problems too', async () => {
    const answer = await service.ask('DELETE', '/texts/own')
    expect([answer.status, answer.headers.get('x-content-type-options')]).to.deep.equal([405, 'nosniff'])
  })

  for (const path of ['/throw', '/reject', '/next']) {
    it(`that fail at ${path} end in a problem that tells nothing`, async () => {
      const answer = await service.ask('GET', path, { headers: { 'x-request-id': 'r' } })
      expect([answer.status, answer.json]).to.deep.equal([
        500,
        {
          type: 'urn:problem:internal_error',
          title: 'Internal error',
          status: 500,
          code: 'INTERNAL_ERROR',
          instance: path,
          requestId: 'r',
        },
      ])
    })
  }

  it('keep the status of a failure that is the caller’s, but not its message', async () => {
    const answer = await service.ask('GET', '/teapot')
    expect([answer.status, answer.text.includes('canary')]).to.deep.equal([418, false])
  })
})

describe('A NodeDriver inside an Express application', () => {
  it('serves its own paths below a prefix, and leaves the rest alone', async () => {
    const application = applicationOf({ viewSets: [TextViewSet], driver: new NodeDriver(), prefix: '/api' })
    const around = express()
    around.use('/api', application.handler)
    around.get('/api/other', (_request, response) => void response.send('other'))
    const service = await listen(application, createServer(around))
    expect((await service.ask('GET', '/api/texts/own')).text).to.equal(JSON.stringify(long))
    expect((await service.ask('GET', '/api/other')).text).to.equal('other')
    expect((await service.ask('POST', '/api/texts/own')).headers.get('allow')).to.equal('GET, HEAD, OPTIONS')
    await service.close()
  })
})

describe('An Express5Driver with an application of its own', () => {
  it('leaves the routes and settings of that application as they are', async () => {
    const own = express()
    own.get('/own', (_request, response) => void response.send('own'))
    applicationOf({ viewSets: [TextViewSet], driver: new Express5Driver(own) })
    const service = await listen(applicationOf({ viewSets: [] }), createServer(own))
    const answer = await service.ask('GET', '/own')
    expect([answer.text, answer.headers.get('x-powered-by')]).to.deep.equal(['own', 'Express'])
    expect((await service.ask('GET', '/texts/own')).text).to.equal(JSON.stringify(long))
    const missing = await service.ask('GET', '/nothing')
    expect(missing.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8')
    await service.close()
  })

  it('passes on what it does not know where it is mounted itself', async () => {
    const application = applicationOf({ viewSets: [TextViewSet], driver: new Express5Driver() })
    const around = express().use(application.handler)
    around.use((_request, response) => void response.status(404).send('passed on'))
    const service = await listen(application, createServer(around))
    expect((await service.ask('GET', '/texts/own')).status).to.equal(200)
    expect((await service.ask('GET', '/nothing')).text).to.equal('passed on')
    await service.close()
  })
})
