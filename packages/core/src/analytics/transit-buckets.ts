import { bucketAmong, percentileOf } from '../counting/histogram.ts'

/**
 * Upper ends in hours: every 3 on the first day, 6 until the third, 12 until the seventh, then days and weeks. Rows that are stored follow them, so they
 * stay as they are.
 */
export const transitBoundsHours = [
  ...[3, 6, 9, 12, 15, 18, 21, 24],
  ...[30, 36, 42, 48, 54, 60, 66, 72],
  ...[84, 96, 108, 120, 132, 144, 156, 168],
  ...[192, 216, 240, 288, 336, 408, 504, 720, 1080],
] as const

export const transitBuckets = transitBoundsHours.length + 1

const hourMs = 3_600_000

/** Null for a parcel that was delivered before it was collected. */
export const transitBucket = ({ from, to }: { from: Date; to: Date }): number | null =>
  to < from ? null : bucketAmong((to.getTime() - from.getTime()) / hourMs, transitBoundsHours)

/** The hours within which this share arrived, as exact as the bucket is wide. */
export const transitHours = (buckets: readonly number[], share: number): number | null =>
  percentileOf(buckets, { bounds: transitBoundsHours, share })
