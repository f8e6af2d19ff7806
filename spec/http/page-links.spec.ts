import { expect } from 'chai'
import { calculatePagination } from 'plinth'
import { numberedTargets } from '../../src/http/lists/numbered-pager.js'
import { pageLinks } from '../../src/http/page-links.js'

const targets = (page: number, total: number) => {
  const info = calculatePagination(total, page, 10)
  return numberedTargets(info, info.totalPages)
}

const links = (query: string, page: number, total = 50) =>
  Object.fromEntries(
    pageLinks('/x', query, targets(page, total))
      .split(', ')
      .map((link) => /^<(.*)>; rel="(.*)"$/.exec(link)!.slice(1, 3).toReversed() as [string, string]),
  )

describe('Links between pages', () => {
  it('keep every other parameter as it was sent, also empty ones', () => {
    expect(links('q=a%20b&page=2&empty=&pageSize=10&q2', 2)).to.deep.equal({
      first: '/x?q=a%20b&empty=&q2&page=1&pageSize=10',
      prev: '/x?q=a%20b&empty=&q2&page=1&pageSize=10',
      next: '/x?q=a%20b&empty=&q2&page=3&pageSize=10',
      last: '/x?q=a%20b&empty=&q2&page=5&pageSize=10',
    })
    expect(links('pages=1&pageSizes=2&page', 1)['first']).to.equal('/x?pages=1&pageSizes=2&page=1&pageSize=10')
  })

  it('lead only where there are pages', () => {
    expect(Object.keys(links('', 1))).to.deep.equal(['first', 'next', 'last'])
    expect(Object.keys(links('', 5))).to.deep.equal(['first', 'prev', 'last'])
    expect(links('', 9)).to.include({ prev: '/x?page=5&pageSize=10' }).and.not.have.property('next')
    expect(links('', 1, 0)).to.deep.equal({ first: '/x?page=1&pageSize=10', last: '/x?page=1&pageSize=10' })
  })

  it('cannot be ended by what was sent', () => {
    expect(links('q=">,<', 1)['first']).to.equal('/x?q=%22%3E,%3C&page=1&pageSize=10')
    expect(links('q=\u00e9\r\n', 1)['first']).to.equal('/x?q=%C3%A9%0D%0A&page=1&pageSize=10')
  })
})
