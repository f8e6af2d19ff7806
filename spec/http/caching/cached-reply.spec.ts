import { expect } from 'chai'
import { Reply } from 'plinth'
import { readCachedReply, tagged, writeCachedReply } from '../../../src/http/caching/cached-reply.js'

const replyOf = (headers: Readonly<Record<string, string>>, status = 200): Reply => new Reply(status, 'body', headers)

describe('Cached replies', () => {
  it('come back with what they say of themselves', () => {
    const headers = {
      'cache-control': 'public, max-age=5',
      'content-disposition': 'inline',
      'content-language': 'de',
      'content-type': 'text/plain',
      etag: '"a"',
      'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
      link: '</a>; rel="next"',
      vary: 'Accept',
      'x-content-type-options': 'nosniff',
    }
    const read = readCachedReply(writeCachedReply(new Reply(200, 'one\ntwo', headers), 7)!)?.value
    expect([read?.status, read?.body, read?.headers]).to.deep.equal([200, 'one\ntwo', headers])
  })

  it('come back with the same bytes', () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128])
    const read = readCachedReply(writeCachedReply(new Reply(200, bytes, {}), 5)!)?.value
    expect(Buffer.from(read?.body as Uint8Array)).to.deep.equal(bytes)
  })

  it('say nothing of what was said of one answer alone', () => {
    const passing = [
      'age',
      'date',
      'x-request-id',
      'ratelimit',
      'ratelimit-policy',
      'x-ratelimit-limit',
      'server-timing',
    ]
    const text = writeCachedReply(replyOf(Object.fromEntries(passing.map((name) => [name, '1']))), 100)
    expect(readCachedReply(text!)?.value.headers).to.deep.equal({})
  })

  it('are kept only where they are for others, too', () => {
    for (const name of ['set-cookie', 'x-own', 'age-of', 'my-date', 'x-request-id-2', 'location']) {
      expect(writeCachedReply(replyOf({ [name]: '1' }), 100), name).to.equal(undefined)
    }
    for (const control of ['no-store', 'max-age=5, No-Store', 'private', 'private, max-age=1', 'no-cache']) {
      expect(writeCachedReply(replyOf({ 'cache-control': control }), 100), control).to.equal(undefined)
    }
    for (const vary of ['*', 'Accept, *']) expect(writeCachedReply(replyOf({ vary }), 100), vary).to.equal(undefined)
    for (const status of [201, 204, 301, 404]) expect(writeCachedReply(replyOf({}, status), 100)).to.equal(undefined)
    expect(writeCachedReply(replyOf({}), 4)).to.be.a('string')
    expect(writeCachedReply(replyOf({}), 3)).to.equal(undefined)
    expect(writeCachedReply(new Reply(200, undefined, {}), 100)).to.equal(undefined)
    // A tag may have any text.
    expect(writeCachedReply(replyOf({ etag: '"private*"' }), 100)).to.be.a('string')
  })

  it('are not read from what is none', () => {
    for (const text of ['', 'x', '\n', 'null\nbody', '{}\nbody', '[{},false]']) {
      expect(readCachedReply(text), text).to.equal(undefined)
    }
  })

  it('are known by a tag of their bodies, unless they have one', () => {
    const one = tagged(replyOf({}))
    expect(one.headers['etag']).to.match(/^"[\w-]{22}"$/)
    expect(tagged(replyOf({ vary: 'Accept' })).headers).to.deep.equal({ vary: 'Accept', etag: one.headers['etag'] })
    expect(tagged(new Reply(200, 'other', {})).headers['etag']).not.to.equal(one.headers['etag'])
    expect(tagged(replyOf({ etag: '"a"' })).headers['etag']).to.equal('"a"')
    expect(tagged(new Reply(204, undefined, {})).headers).to.deep.equal({})
  })
})
