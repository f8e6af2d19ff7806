import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { expect } from 'chai'
import { Container } from 'plinth/container'
import { RequestLife } from '../../src/http/request-life.js'

describe('The life of requests', () => {
  it('knows that a connection is busy until the last of the requests on it is answered', () => {
    const life = new RequestLife(new Container({}))
    const socket = {} as Duplex
    const [first, second] = [begun(life, socket), begun(life, socket)]
    first.emit('close')
    expect([life.active, life.isBusy(socket)]).to.deep.equal([1, true])
    second.emit('close')
    expect([life.active, life.isBusy(socket)]).to.deep.equal([0, false])
  })
})

function begun(life: RequestLife, socket: Duplex): EventEmitter {
  const response = new EventEmitter()
  life.begin({ socket } as unknown as IncomingMessage, response as unknown as ServerResponse)
  return response
}
