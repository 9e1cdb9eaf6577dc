//! Conversations that are compressed: the same mail, and fewer bytes.

use std::time::Duration;

use crate::dovecot::PASSWORD;
use crate::local;
use crate::meter::Meter;
use crate::world::World;

#[test]
fn what_is_compressed_is_the_same_in_fewer_bytes() {
    let mut world = World::new();
    let meter = Meter::new(world.dovecot.port, Duration::ZERO);
    let plain = format!(
        "remotehost = 127.0.0.1\nremoteport = {}\nremotepass = {PASSWORD}\nssl = no\nstarttls = no\n",
        meter.port
    );
    let mut measured = Vec::new();
    // A server on this machine has nothing to gain from it, unless it is asked for.
    for (user, more) in [("plain", ""), ("compressed", "usecompression = yes\n"), ("never", "usecompression = no\n")] {
        world.user = user.to_owned();
        world.remote = plain.clone() + more;
        world.fill(5, 40);
        meter.take();
        world.sync().ends_with(0).says("200 downloaded");
        world.same(&[]);
        let inbox = world.maildir().join("INBOX");
        for number in 0..50 {
            local::deliver(&inbox, &format!("mine{number}"), "S");
        }
        // One that hardly compresses, and is longer than anything that is buffered.
        let noise = (0..3_000_000_u32).map(|n| b'!' + (n.wrapping_mul(2_654_435_761) >> 26) as u8);
        let noise: Vec<u8> = noise.collect();
        let lines: Vec<&[u8]> = noise.chunks(70).collect();
        local::write(&inbox, "large", "S", &[b"Subject: large\n\n", lines.join(&b'\n').as_slice(), b"\n"].concat());
        world.sync().ends_with(0).says("51 uploaded");
        world.same(&[]);
        let figures = meter.take();
        measured.push((figures.up, figures.down));
    }
    let [plain, compressed, never] = measured[..] else { panic!("{measured:?}") };
    assert!(compressed.1 * 2 < plain.1, "{measured:?}");
    assert!(compressed.0 < plain.0, "{measured:?}");
    assert!(never.0.abs_diff(plain.0) < 5000, "{measured:?}");
}
