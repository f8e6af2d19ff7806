/** Some numbers under one name, one for each group or point. */
export interface Series {
  readonly name: string
  readonly values: readonly (number | undefined)[]
}

const colours = ['#5b6770', '#0b6e4f', '#2fa37c', '#84cfae', '#3f7fbf', '#d9a441', '#c96f3b', '#a83f5b', '#7a5ba8']
const [left, top, width, height] = [70, 60, 900, 320] as const

/** Bars in groups over a logarithmic scale, because contenders differ by orders of magnitude. */
export function barPlot(title: string, groups: readonly string[], series: readonly Series[]): string {
  const all = series.flatMap(({ values }) => values.flatMap((value) => value ?? []))
  const y = scale(Math.min(...all, 0.5), Math.max(...all, 10))
  const space = width / groups.length
  const bar = (space * 0.86) / series.length
  const bars = series.flatMap(({ name, values }, which) =>
    values.map((value, group) => {
      if (value === undefined) return ''
      const x = left + group * space + space * 0.07 + which * bar
      const label = `<title>${escaped(`${name}, ${groups[group] ?? ''}: ${value.toFixed(2)}`)}</title>`
      const size = `width="${(bar * 0.9).toFixed(1)}" height="${(top + height - y(value)).toFixed(1)}"`
      return `<rect x="${x.toFixed(1)}" y="${y(value).toFixed(1)}" ${size} fill="${colourOf(which)}">${label}</rect>`
    }),
  )
  const names = groups.map((group, index) => text(left + (index + 0.5) * space, top + height + 18, group, 'middle'))
  return drawn(title, [...grid(y, all), ...bars, ...names, ...legend(series)])
}

/** Lines over a growing number, both scales logarithmic. */
export function linePlot(title: string, points: readonly number[], series: readonly Series[]): string {
  const all = series.flatMap(({ values }) => values.flatMap((value) => value ?? []))
  const y = scale(Math.min(...all) / 2, Math.max(...all) * 2)
  const [first = 1, last = 1] = [points[0], points.at(-1)]
  const x = (point: number): number =>
    left + 20 + ((width - 40) * Math.log(point / first)) / Math.max(Math.log(last / first), 1e-9)
  const lines = series.flatMap(({ values }, which) => {
    const at = values.flatMap((value, index) => (value === undefined ? [] : [[x(points[index]!), y(value)] as const]))
    const path = at.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(' ')
    const dots = at.map(
      ([a, b]) => `<circle cx="${a.toFixed(1)}" cy="${b.toFixed(1)}" r="3" fill="${colourOf(which)}"/>`,
    )
    return [`<polyline points="${path}" fill="none" stroke="${colourOf(which)}" stroke-width="2"/>`, ...dots]
  })
  const names = points.map((point) => text(x(point), top + height + 18, point.toLocaleString('en'), 'middle'))
  return drawn(title, [...grid(y, all), ...lines, ...names, ...legend(series)])
}

const colourOf = (which: number): string => colours[which % colours.length]!

function scale(least: number, most: number): (value: number) => number {
  const range = Math.log(most / least)
  return (value) => top + height - (height * Math.log(Math.max(value, least) / least)) / range
}

function grid(y: (value: number) => number, values: readonly number[]): readonly string[] {
  const powers = Array.from({ length: 12 }, (_, index) => 10 ** (index - 3))
  const ticks = powers.flatMap((power) => [power, power * 2, power * 5])
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return ticks
    .filter((tick) => tick >= least / 2 && tick <= most * 2 && y(tick) >= top && y(tick) < top + height)
    .flatMap((tick) => {
      const at = y(tick).toFixed(1)
      const line = `<line x1="${left}" x2="${left + width}" y1="${at}" y2="${at}" stroke="#ddd"/>`
      return [line, text(left - 8, y(tick) + 4, tick.toLocaleString('en'), 'end')]
    })
}

function legend(series: readonly Series[]): readonly string[] {
  return series.flatMap(({ name }, index) => {
    const [x, y] = [left + (index % 4) * 225, top + height + 40 + Math.floor(index / 4) * 20]
    return [`<rect x="${x}" y="${y}" width="12" height="12" fill="${colourOf(index)}"/>`, text(x + 18, y + 11, name)]
  })
}

const escaped = (given: string): string => given.replace(/&/g, '&amp;').replace(/</g, '&lt;')

function text(x: number, y: number, given: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escaped(given)}</text>`
}

function drawn(title: string, parts: readonly string[]): string {
  const [all, down] = [left + width + 20, top + height + 100]
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${all} ${down}" font-family="sans-serif" font-size="12">`
  const back = `<rect width="${all}" height="${down}" fill="#fff"/>`
  return [head, back, text(left, 30, title), ...parts.filter((part) => part !== ''), '</svg>', ''].join('\n')
}
