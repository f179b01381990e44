//! Work on all processors: what comes out does not depend on how many there are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does one job after the other on all processors and returns what came out, in the order of the jobs.
pub(super) fn side_by_side<T: Sync, R: Send>(jobs: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let all: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(jobs.len()));
    let worker = || {
        let mut mine = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(number) else { break };
            mine.push((number, work(number, job)));
        }
        all.lock().unwrap_or_else(PoisonError::into_inner).append(&mut mine);
    };
    // A worker that fails lets the whole fail: nothing is left out.
    std::thread::scope(|scope| {
        for _ in 1..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(worker);
        }
        worker();
    });
    let mut all = all.into_inner().unwrap_or_else(PoisonError::into_inner);
    all.sort_unstable_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_in_the_order_of_the_jobs() {
        let jobs: Vec<u64> = (0..10_000).collect();
        // Later jobs are shorter, so that threads overtake each other.
        let found = side_by_side(&jobs, |number, job| {
            let work = (0..10_000 - job).fold(*job, |sum, step| std::hint::black_box(sum ^ step));
            std::hint::black_box(work);
            (number, *job)
        });
        assert!(found.iter().zip(0..).all(|(one, number)| *one == (number, number as u64)));
        assert_eq!(found.len(), jobs.len());
        assert_eq!(side_by_side(&[] as &[u64], |_, job| *job), Vec::<u64>::new());
    }
}
