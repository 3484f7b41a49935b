//! Whether the process that started the server still lives.

/// Does a process of that number exist? `true` where the system does not tell:
/// there the end of standard input has to do.
#[cfg(unix)]
pub(crate) fn is_alive(process: u32) -> bool {
    let Some(id) = i32::try_from(process)
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    else {
        return true;
    };
    // Anything but "no such process" means that there is one.
    rustix::process::test_kill_process(id) != Err(rustix::io::Errno::SRCH)
}

/// Does a process of that number exist? `true` where the system does not tell:
/// there the end of standard input has to do.
#[cfg(not(unix))]
pub(crate) fn is_alive(_: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn a_process_that_has_ended_is_not_alive() {
        use super::is_alive;
        assert!(is_alive(std::process::id()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert!(!is_alive(child.id()));
    }
}
