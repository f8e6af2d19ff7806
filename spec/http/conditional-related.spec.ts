import { expect } from 'chai'
import type { ModelDataSource } from 'plinth'
import { type Database, describeOnEngines } from '../support/engines.js'
import { type Answer, type Served, serve } from './support/served.js'
import { createThreads, Label, meanwhile, threadViewSets } from './support/threads.js'

describeOnEngines('Conditions of requests that write more than a row', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let labels: readonly number[]

  before(async () => {
    database = await engine.create()
    dataSource = await createThreads(database)
    served = await serve({ viewSets: threadViewSets, dataSource })
    const made = await dataSource.getRepository(Label).save([{ name: 'a' }, { name: 'b' }, { name: 'c' }] as Label[])
    labels = made.map(({ id }) => id)
  })
  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const make = async (path: string, body: object): Promise<{ readonly at: string; readonly answer: Answer }> => {
    const answer = await served.request('POST', path, { body: { title: 'one', ...body } })
    expect(answer.status, answer.text).to.equal(201)
    return { at: `${path}/${answer.body.id}`, answer }
  }
  const known = async (at: string) => {
    const { headers, body } = await served.request('GET', at)
    return { tag: headers.get('etag')!, version: body['version'], modified: headers.get('last-modified'), body }
  }
  const write = (method: string, at: string, tag: string, body?: object) =>
    served.request(method, at, { headers: { 'if-match': tag }, ...(body && { body }) })
  /** What an answer says of the row is what the next one is told. */
  const expectStored = async (at: string, answer: Answer, version: number) => {
    expect(answer.status, answer.text).to.be.oneOf([200, 201])
    const { tag, modified } = await known(at)
    expect([answer.body['version'], answer.headers.get('etag')]).to.deep.equal([version, tag])
    expect(answer.headers.get('last-modified')).to.equal(modified)
  }

  for (const path of ['/threads', '/bare-threads']) {
    describe(path, () => {
      it('are met by a row that is written with rows that make it younger, once', async () => {
        const { at, answer } = await make(path, { remarks: [{ text: 'one' }] })
        await expectStored(at, answer, 1)
        const both = await write('PATCH', at, (await known(at)).tag, { title: 'two', remarks: [{ text: 'two' }] })
        await expectStored(at, both, 2)
        const alone = await write('PATCH', at, both.headers.get('etag')!, { remarks: [{ text: 'three' }] })
        await expectStored(at, alone, 3)
        const whole = { title: 'three', remarks: [], sketches: [{ name: 'one' }], labels: [labels[0]] }
        const replaced = await write('PUT', at, alone.headers.get('etag')!, whole)
        await expectStored(at, replaced, 4)
        const late = await write('PATCH', at, alone.headers.get('etag')!, {
          title: 'late',
          remarks: [{ text: 'four' }],
        })
        expect([late.status, late.body['code']]).to.deep.equal([412, 'PRECONDITION_FAILED'])
        const { body } = await known(at)
        expect(body).to.have.property('title', 'three')
        expect(body).to.have.nested.property('remarks.data').with.length(3)
      })

      it('are of the links and rows that are written with a row, which counts them', async () => {
        const { at, answer } = await make(path, { labels: [labels[0]], sketches: [{ name: 'one' }] })
        await expectStored(at, answer, 1)
        const { tag } = await known(at)
        await expectStored(at, await write('PATCH', at, tag, { labels: [labels[1]] }), 2)
        for (const body of [{ labels: [] }, { sketches: [] }, { sketches: [{ name: 'two' }] }]) {
          const late = await write('PATCH', at, tag, body)
          expect([late.status, late.body['code']]).to.deep.equal([412, 'PRECONDITION_FAILED'])
        }
        const next = await write('PATCH', at, (await known(at)).tag, { sketches: [{ name: 'two' }] })
        await expectStored(at, next, 3)
        const both = { title: 'two', labels, sketches: [] }
        await expectStored(at, await write('PATCH', at, (await known(at)).tag, both), 4)
        expect((await known(at)).body)
          .to.have.nested.property('labels.data')
          .with.length(3)
      })

      it('count nothing where nothing changes', async () => {
        const { at } = await make(path, { labels: [labels[0]], sketches: [] })
        const same = await write('PATCH', at, (await known(at)).tag, { labels: [labels[0]], sketches: [], remarks: [] })
        await expectStored(at, same, 1)
      })

      it('let one of several write what all of them have read', async () => {
        for (let round = 0; round < 3; round++) {
          const { at } = await make(path, { labels: [labels[0]] })
          const { tag } = await known(at)
          const bodies = [1, 2, 3, 4].flatMap((n) => [
            { labels: labels.slice(0, n % 3).toReversed() },
            { remarks: [{ text: `of ${n}` }] },
            { sketches: [{ name: `of ${n}` }] },
          ])
          const answers = await Promise.all(bodies.map((body) => write('PATCH', at, tag, body)))
          const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
          // Who gives the links that there are already changes nothing, so his version is still the one he knows.
          const unchanged = answers.filter(({ status, body }) => status === 200 && body['version'] === 1).length
          const rest = Array.from({ length: bodies.length - 1 - unchanged }, () => 412)
          expect(statuses).to.deep.equal([...Array.from({ length: unchanged + 1 }, () => 200), ...rest])
          expect((await known(at)).version).to.equal(2)
        }
      })

      it('count the links of all who expect nothing', async () => {
        const { at } = await make(path, {})
        const bodies = Array.from({ length: 6 }, (_, n) => ({ sketches: [{ name: `of ${n}` }] }))
        const answers = await Promise.all(bodies.map((body) => served.request('PATCH', at, { body })))
        const versions = answers.map(({ body }) => Number(body['version'])).toSorted((a, b) => a - b)
        expect(versions).to.deep.equal([2, 3, 4, 5, 6, 7])
      })
    })
  }

  it('are met by a row whose links make it younger', async () => {
    const { at, answer } = await make('/stories', { labels: [labels[0]] })
    await expectStored(at, answer, 1)
    const both = await write('PATCH', at, (await known(at)).tag, { title: 'two', labels })
    await expectStored(at, both, 2)
    const alone = await write('PATCH', at, both.headers.get('etag')!, { labels: [] })
    await expectStored(at, alone, 3)
    const late = await write('PATCH', at, both.headers.get('etag')!, { labels })
    expect([late.status, late.body['code']]).to.deep.equal([412, 'PRECONDITION_FAILED'])
  })

  describe('in actions of their own', () => {
    it('are met once, by an action that writes its row twice', async () => {
      const { at } = await make('/threads', {})
      const { tag } = await known(at)
      await expectStored(at, await write('POST', `${at}/retitle`, tag), 3)
      const late = await write('POST', `${at}/retitle`, tag)
      expect([late.status, late.body['code']]).to.deep.equal([412, 'PRECONDITION_FAILED'])
      expect((await known(at)).version).to.equal(3)
    })

    it('are met by an action that writes its row, and then what makes it younger', async () => {
      const { at } = await make('/threads', {})
      const { tag } = await known(at)
      await expectStored(at, await write('POST', `${at}/remark`, tag), 3)
      await expectStored(at, await served.request('POST', `${at}/remark`), 5)
      expect((await write('POST', `${at}/remark`, tag)).status).to.equal(412)
    })

    it('are met anew where the write that met them was undone', async () => {
      const { at, answer } = await make('/threads', {})
      const counted = `UPDATE touched_threads SET version = version + 1 WHERE id = ${answer.body.id}`
      await expectStored(at, await write('POST', `${at}/hesitate`, (await known(at)).tag), 2)
      meanwhile.work = () => dataSource.query(counted)
      const late = await write('POST', `${at}/hesitate`, (await known(at)).tag)
      meanwhile.work = async () => undefined
      expect(late.status, late.text).to.equal(412)
    })
  })
})
