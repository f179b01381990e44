use super::*;
use jiff::Timestamp;
use proptest::prelude::*;

fn ship(bytes: &[u8]) -> Option<u64> {
    std::str::from_utf8(bytes).ok()?.split(' ').next()?.parse().ok()
}

fn frame(text: &str) -> Frame {
    Frame::new(Timestamp::UNIX_EPOCH, text.as_bytes().to_vec())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Takes everything that is there.
fn drain(queue: &Queue) -> Vec<String> {
    queue.close();
    let mut all = Vec::new();
    while let Some(batch) = block_on(queue.take()).unwrap() {
        queue.stored(&batch).unwrap();
        all.extend(batch.frames.into_iter().map(|f| String::from_utf8(f.bytes).unwrap()));
    }
    all
}

#[test]
fn of_positions_the_newest_of_each_ship_stays() {
    let home = tempfile::tempdir().unwrap();
    let bounds = Bounds { frames: 10, bytes: 1 << 20 };
    let queue = Queue::open(Carries::Positions, bounds, &home.path().join("s"), ship).unwrap();
    for n in 0..1000 {
        queue.push(frame(&format!("{} at {n}", n % 5))).unwrap();
        assert!(queue.waiting().frames <= 10);
    }
    let waiting = queue.waiting();
    assert_eq!(waiting.frames as u64 + waiting.superseded, 1000, "every frame is accounted for");
    let all = drain(&queue);
    for newest in 995..1000 {
        assert!(all.contains(&format!("{} at {newest}", newest % 5)), "{all:?}");
    }
}

#[test]
fn more_ships_than_room_lose_the_oldest_and_say_so() {
    let home = tempfile::tempdir().unwrap();
    let bounds = Bounds { frames: 100, bytes: 1 << 20 };
    let queue = Queue::open(Carries::Positions, bounds, &home.path().join("s"), ship).unwrap();
    (0..1000).for_each(|n| queue.push(frame(&format!("{n} x"))).unwrap());
    let waiting = queue.waiting();
    assert!(waiting.frames <= 100 && waiting.frames as u64 + waiting.superseded == 1000, "{waiting:?}");
    assert_eq!(drain(&queue).last().unwrap(), "999 x");
}

#[test]
fn what_could_not_be_stored_comes_again_first_also_in_the_next_process() {
    let home = tempfile::tempdir().unwrap();
    let (file, bounds) = (home.path().join("s"), Bounds { frames: 2, bytes: 1 << 20 });
    let queue = Queue::open(Carries::Events, bounds, &file, ship).unwrap();
    for text in ["a", "b", "c", "d"] {
        queue.push(frame(text)).unwrap();
    }
    assert!(queue.waiting().spilled > 0);
    let batch = block_on(queue.take()).unwrap().unwrap();
    assert_eq!(batch.frames, [frame("a"), frame("b")]);
    queue.put_back(batch);
    queue.keep().unwrap();
    drop(queue);
    let queue = Queue::open(Carries::Events, bounds, &file, ship).unwrap();
    queue.push(frame("e")).unwrap();
    assert_eq!(drain(&queue), ["a", "b", "c", "d", "e"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the bounds and however taking and failing alternate: every event once, in its order.
    #[test]
    fn events_are_neither_lost_nor_doubled(frames in 1_usize..6, steps in prop::collection::vec(0_u8..4, 1..60)) {
        let home = tempfile::tempdir().unwrap();
        let bounds = Bounds { frames, bytes: 1 << 20 };
        let queue = Queue::open(Carries::Events, bounds, &home.path().join("s"), ship).unwrap();
        let (mut pushed, mut got) = (0, Vec::new());
        for step in steps {
            match step {
                0 | 1 => {
                    queue.push(frame(&pushed.to_string())).unwrap();
                    pushed += 1;
                }
                _ if queue.waiting().frames as u64 + queue.waiting().spilled == 0 => {}
                _ => {
                    let batch = block_on(queue.take()).unwrap().unwrap();
                    if step == 2 {
                        queue.put_back(batch);
                    } else {
                        queue.stored(&batch).unwrap();
                        got.extend(batch.frames.into_iter().map(|f| String::from_utf8(f.bytes).unwrap()));
                    }
                }
            }
        }
        got.extend(drain(&queue));
        prop_assert_eq!(got, (0..pushed).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
